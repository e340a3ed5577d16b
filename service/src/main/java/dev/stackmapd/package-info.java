/// The application class only. The packages, from the top: `app`, `cli`, `query`, `debuginfod`, `ingest`, `symbolize`,
/// `store`, `artifact`, `upstream`, `kernelmap`, `dedupe`, `resolve`, `series`, `process`, `stack`, `request`. Each may
/// depend only on packages below it; `ArchitectureTest` checks that.
@NullMarked
package dev.stackmapd;

import org.jspecify.annotations.NullMarked;
