namespace Quorate.Samples.TestedBank;

/// <summary>
/// Wrong, and hard to see: its snapshots have the money, which is what everybody looks at, and leave out which transfers were
/// done. A member that starts from one carries out again what a client sends again; the others do not.
/// </summary>
public sealed class ForgetfulBank : Bank
{
    protected override long[][] Captured(long[] balances, long[] done) => [balances];
}
