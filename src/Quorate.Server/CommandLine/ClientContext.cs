using Quorate.Client;

namespace Quorate.Server.CommandLine;

/// <summary>What a command that talks to a cluster works with.</summary>
internal sealed record ClientContext(QuorateClient Client, TimeSpan Timeout, bool Json, CancellationToken CancellationToken);
