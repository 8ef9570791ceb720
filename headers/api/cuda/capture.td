// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
include "Base.td"

let Object = "capture" in {

def cuStreamBeginCapture : Full<"Starts capturing a stream into a graph.",
    [Version<"", 10000, "CUstream hStream", "ptsz", 10000>,
    Version<"_v2", 10010, "CUstream hStream, CUstreamCaptureMode mode", "ptsz", 10010>]>;
def cuStreamBeginCaptureToGraph : Full<"Starts capturing a stream into an existing graph.", 
    [Version<"", 12030, "CUstream hStream, CUgraph hGraph, const CUgraphNode* dependencies, const CUgraphEdgeData* dependencyData, size_t numDependencies, CUstreamCaptureMode mode", "ptsz", 12030>]>;
def cuStreamEndCapture : Full<"Ends a capture and gives the graph.", 
    [Version<"", 10000, "CUstream hStream, out CUgraph* phGraph", "ptsz", 10000>]>;
def cuStreamIsCapturing : Full<"Tells whether a stream is capturing.", 
    [Version<"", 10000, "CUstream hStream, out CUstreamCaptureStatus* captureStatus", "ptsz", 10000>]>;
def cuStreamGetCaptureInfo : Full<"Describes a capture.", 
    [Version<"", 10010, "CUstream hStream, out CUstreamCaptureStatus* captureStatus_out, out cuuint64_t* id_out", "ptsz", 10010>,
    Version<"_v2", 11030, "CUstream hStream, out CUstreamCaptureStatus* captureStatus_out, out cuuint64_t* id_out, out CUgraph* graph_out, const CUgraphNode** dependencies_out, inout size_t* numDependencies_out", "ptsz", 11030>,
    Version<"_v3", 12030, "CUstream hStream, out CUstreamCaptureStatus* captureStatus_out, out cuuint64_t* id_out, out CUgraph* graph_out, const CUgraphNode** dependencies_out, const CUgraphEdgeData** edgeData_out, inout size_t* numDependencies_out", "ptsz", 12030>]>;
def cuStreamUpdateCaptureDependencies : Full<"Changes the dependencies of a capture.", 
    [Version<"", 11030, "CUstream hStream, CUgraphNode* dependencies, size_t numDependencies, unsigned int flags", "ptsz", 11030>,
    Version<"_v2", 12030, "CUstream hStream, CUgraphNode* dependencies, const CUgraphEdgeData* dependencyData, size_t numDependencies, unsigned int flags", "ptsz", 12030>]>;
def cuThreadExchangeStreamCaptureMode : Full<"Exchanges the thread's capture mode.", 
    [Version<"", 10010, "inout CUstreamCaptureMode* mode">]>;

} // Object
