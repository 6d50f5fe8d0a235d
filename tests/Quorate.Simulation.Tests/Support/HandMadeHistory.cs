using System.Globalization;
using Google.Protobuf;
using Quorate.Etcd;
using Quorate.Etcd.Protocol;
using Quorate.Raft;
using Quorate.Replica;
using Quorate.Simulation.Checking.Histories;
using Quorate.Simulation.Histories;

namespace Quorate.Simulation.Tests.Support;

/// <summary>A history written by hand: each call is one event, a second after the one before.</summary>
internal sealed class HandMadeHistory
{
    private int _seconds;

    public History History { get; } = new();

    public Operation Begin(
        int client, IMessage request, ReadConsistency consistency = ReadConsistency.Linearizable, long token = 0, ulong member = 1, int life = 1) =>
        History.Invoke(client, new MemberId(member), life, request, Now(), consistency, token);

    public void End(Operation operation, IEtcdResponse response) => History.Answered(operation, response, Now());

    public void Fail(Operation operation, EtcdError error) => History.Failed(operation, error, Now());

    /// <summary>An operation that overlaps no other.</summary>
    public Operation Do(
        int client, IMessage request, IEtcdResponse response,
        ReadConsistency consistency = ReadConsistency.Linearizable, long token = 0, ulong member = 1, int life = 1)
    {
        Operation operation = Begin(client, request, consistency, token, member, life);
        End(operation, response);
        return operation;
    }

    /// <summary>A put of a key that was never written.</summary>
    public Operation Create(int client, string key, string value, long revision) =>
        Do(client, Ask.Put(key, value), Reply.Put(revision));

    public LinearizabilityResult Linearize() => new LinearizabilityChecker<KeyValueState>(new KeyValueModel()).Check(History);

    public RevisionCheckResult Revisions(RevisionCheckerOptions? options = null) => new RevisionChecker(options).Check(History);

    public void ShouldHold()
    {
        LinearizabilityResult search = Linearize();
        search.Verdict.ShouldBe(HistoryVerdict.Holds, search.ToString());
        RevisionsShouldHold();
    }

    public void RevisionsShouldHold()
    {
        RevisionCheckResult check = Revisions();
        check.Verdict.ShouldBe(HistoryVerdict.Holds, check.ToString());
    }

    public void ShouldNotLinearize(params IEnumerable<Operation> stuck)
    {
        LinearizabilityResult search = Linearize();
        search.Verdict.ShouldBe(HistoryVerdict.Violated, search.ToString());
        if (stuck.Any())
        {
            search.Stuck.ShouldBe(stuck);
        }
    }

    public void ShouldViolateRevisions(string words)
    {
        RevisionCheckResult check = Revisions();
        check.Verdict.ShouldBe(HistoryVerdict.Violated, check.ToString());
        check.Explanation.ShouldNotBeNull().ShouldContain(words);
    }

    public override string ToString() => string.Join('\n', History.Operations.Select(operation =>
        string.Create(CultureInfo.InvariantCulture, $"{operation.Number}: {operation}")));

    private TimeSpan Now() => TimeSpan.FromSeconds(_seconds++);
}
