using Quorate.Raft;

namespace Quorate.Runtime;

/// <summary>A wish to hand leadership over, on its way to the loop.</summary>
internal sealed record TransferRequest(MemberId Target, Action<TransferStatus> Completed);
