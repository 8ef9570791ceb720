// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
include "cudart/base.td"

let Object = "capture" in {

def cudaStreamBeginCapture : Full<"Starts recording a stream into a graph.",
    [Version<"", 11000, "cudaStream_t stream, cudaStreamCaptureMode mode", "ptsz">]>;
def cudaStreamEndCapture : Full<"Ends recording and gives the graph.",
    [Version<"", 11000, "cudaStream_t stream, out cudaGraph_t* pGraph", "ptsz">]>;
def cudaStreamGetCaptureInfo : Full<"Tells whether and how a stream is being recorded.",
    [OldVersion<"", 11000, 13000, "cudaStream_t stream, out cudaStreamCaptureStatus* pCaptureStatus, out unsigned long long* pId", "ptsz">,
    OldVersion<"_v2", 11000, 13000, "cudaStream_t stream, out cudaStreamCaptureStatus* captureStatus_out, out unsigned long long* id_out, out cudaGraph_t* graph_out, const cudaGraphNode_t** dependencies_out, out size_t* numDependencies_out", "ptsz">,
    OldVersion<"_v3", 12000, 13000, "cudaStream_t stream, out cudaStreamCaptureStatus* captureStatus_out, out unsigned long long* id_out, out cudaGraph_t* graph_out, const cudaGraphNode_t** dependencies_out, const cudaGraphEdgeData** edgeData_out, out size_t* numDependencies_out", "ptsz">,
    Version<"", 13000, "cudaStream_t stream, out cudaStreamCaptureStatus* captureStatus_out, out unsigned long long* id_out, out cudaGraph_t* graph_out, const cudaGraphNode_t** dependencies_out, const cudaGraphEdgeData** edgeData_out, out size_t* numDependencies_out", "ptsz">]>;
def cudaStreamIsCapturing : Full<"Tells whether a stream is being recorded.",
    [Version<"", 11000, "cudaStream_t stream, out cudaStreamCaptureStatus* pCaptureStatus", "ptsz">]>;
def cudaStreamUpdateCaptureDependencies : Full<"Changes what the next recorded node depends on.",
    [OldVersion<"", 11000, 13000, "cudaStream_t stream, cudaGraphNode_t* dependencies, size_t numDependencies, unsigned int flags", "ptsz">,
    OldVersion<"_v2", 12000, 13000, "cudaStream_t stream, cudaGraphNode_t* dependencies, const cudaGraphEdgeData* dependencyData, size_t numDependencies, unsigned int flags", "ptsz">,
    Version<"", 13000, "cudaStream_t stream, cudaGraphNode_t* dependencies, const cudaGraphEdgeData* dependencyData, size_t numDependencies, unsigned int flags", "ptsz">]>;
def cudaThreadExchangeStreamCaptureMode : Full<"Exchanges the calling thread's capture mode.",
    [Version<"", 11000, "cudaStreamCaptureMode* mode">]>;
def cudaStreamBeginCaptureToGraph : Full<"Starts recording a stream into an existing graph.",
    [Version<"", 12000, "cudaStream_t stream, cudaGraph_t graph, const cudaGraphNode_t* dependencies, const cudaGraphEdgeData* dependencyData, size_t numDependencies, cudaStreamCaptureMode mode", "ptsz">]>;

} // Object
