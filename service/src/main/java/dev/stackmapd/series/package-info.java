/// What sightings are told apart by: [dev.stackmapd.series.Labels], the [dev.stackmapd.series.SampleType] of what is
/// counted, and both together, a [dev.stackmapd.series.Series].
///
/// Knows neither stacks nor stores nor HTTP. Read `Series` first.
@NullMarked
package dev.stackmapd.series;

import org.jspecify.annotations.NullMarked;
