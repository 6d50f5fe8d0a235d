namespace Quorate.Grpc.Tests;

/// <summary>What a handler saw of its call.</summary>
public sealed record ServerCallContextFacts(string Method, string Host, string Peer, DateTime Deadline, Metadata RequestHeaders);
