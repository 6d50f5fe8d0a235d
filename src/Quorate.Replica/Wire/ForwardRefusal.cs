namespace Quorate.Replica.Wire;

/// <summary>One refused command.</summary>
/// <param name="Number">The number in its <see cref="CommandHeader"/>.</param>
/// <param name="Status">Why; one of those that say "certainly not".</param>
internal readonly record struct ForwardRefusal(ulong Number, ProposalStatus Status)
{
    public static bool IsCertain(ProposalStatus status) =>
        status is ProposalStatus.NoLeader or ProposalStatus.NotLeader or ProposalStatus.Overloaded
            or ProposalStatus.Transferring or ProposalStatus.TooLarge;
}
