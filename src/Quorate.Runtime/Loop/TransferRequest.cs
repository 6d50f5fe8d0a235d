using Quorate.Raft;
using Quorate.Replica;

namespace Quorate.Runtime;

/// <summary>A wish to hand leadership over, on its way to the loop.</summary>
internal sealed record TransferRequest(MemberId Target, Action<TransferOutcome> Completed);
