namespace Quorate.Bench.Engine;

/// <summary>One measurement of the engine, of the whole process: three members and the writers.</summary>
internal readonly record struct EngineResult(
    int Writers,
    double CommitsPerSecond,
    double MedianMicroseconds,
    double P99Microseconds,
    double ProcessorMicroseconds,
    double FlushesPerCommit,
    double FramesPerCommit,
    double SleepsPerCommit,
    double AllocatedBytesPerCommit);
