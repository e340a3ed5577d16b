/// The dimensions of sightings: [dev.stackmapd.series.Labels], [dev.stackmapd.series.SampleType], and
/// their combination, [dev.stackmapd.series.Series].
///
/// Knows neither stacks nor stores nor HTTP. Read `Series` first.
@NullMarked
package dev.stackmapd.series;

import org.jspecify.annotations.NullMarked;
