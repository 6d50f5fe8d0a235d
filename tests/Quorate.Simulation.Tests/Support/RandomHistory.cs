using Google.Protobuf;
using Quorate.Etcd;
using Quorate.Etcd.Protocol;
using Quorate.Raft;
using Quorate.Replica;
using Quorate.Simulation.Checking.Histories;
using Quorate.Simulation.Histories;
using SortOrder = Quorate.Etcd.Protocol.RangeRequest.Types.SortOrder;
using SortTarget = Quorate.Etcd.Protocol.RangeRequest.Types.SortTarget;

namespace Quorate.Simulation.Tests.Support;

/// <summary>
/// Clients of an <see cref="OrderedCluster"/> whose requests overlap at random: each takes effect at some moment between
/// its invocation and its return, or, where the answer is lost, at any later one or never.
/// </summary>
internal sealed class RandomHistory
{
    private readonly SeededRandom _random;
    private readonly RandomHistoryOptions _options;
    private readonly OrderedCluster _cluster = new();
    private readonly Dictionary<int, (Operation Operation, object? Result)> _underWay = [];
    private readonly List<Operation> _abandoned = [];
    private readonly long[] _lastSeen;
    private int _events;
    private int _values;

    private RandomHistory(ulong seed, RandomHistoryOptions options)
    {
        _random = new SeededRandom(seed);
        _options = options;
        _lastSeen = new long[options.Clients];
    }

    public History History { get; } = new();

    public static History Make(ulong seed, RandomHistoryOptions options)
    {
        RandomHistory making = new(seed, options);
        while (making.History.Operations.Count < options.Operations || making._underWay.Count > 0)
        {
            making.Step();
        }

        if (options.ReadsGaps)
        {
            making.ReadGaps();
        }

        return making.History;
    }

    private void ReadGaps()
    {
        _cluster.CatchUp(0);
        foreach (long revision in RevisionChecker.RevisionsWithoutAnswer(History))
        {
            Operation read = History.Invoke(0, new MemberId(1), 1, Ask.Get("\0", "\0", revision), Now());
            History.Answered(read, (IEtcdResponse)_cluster.Read(0, read.Request), Now());
        }
    }

    private void Step()
    {
        _events++;
        int client = _random.Next(_options.Clients);
        if (_random.Next(1000) < _options.CatchUpPerMille)
        {
            _cluster.CatchUpByOne(_random.Next(_cluster.Members));
        }

        if (_abandoned.Count > 0 && _random.Next(40) == 0)
        {
            int late = _random.Next(_abandoned.Count);
            _cluster.Write(_abandoned[late].Request);
            _abandoned.RemoveAt(late);
        }

        if (!_underWay.TryGetValue(client, out (Operation Operation, object? Result) call))
        {
            if (History.Operations.Count < _options.Operations)
            {
                _underWay[client] = (Invoke(client), null);
            }

            return;
        }

        if (!call.Operation.IsRead && call.Result is null && _random.Next(1000) < _options.UnknownPerMille)
        {
            // The answer is lost before anything happens: it may happen later, or never.
            _abandoned.Add(call.Operation);
            GiveUp(client, call.Operation);
        }
        else if (call.Result is null)
        {
            _underWay[client] = (call.Operation, TakeEffect(call.Operation));
        }
        else if (_random.Next(1000) < _options.UnknownPerMille)
        {
            GiveUp(client, call.Operation);
        }
        else if (_random.Next(2) == 0)
        {
            Return(client, call.Operation, call.Result);
        }
    }

    private Operation Invoke(int client)
    {
        int member = _random.Next(_cluster.Members);
        IMessage request = Request(client);
        bool isRead = request is RangeRequest;
        ReadConsistency consistency = isRead && _random.Next(1000) < _options.LocalReadPerMille
            ? (ReadConsistency)(1 + _random.Next(2))
            : ReadConsistency.Linearizable;
        return History.Invoke(client, new MemberId((ulong)member + 1), 1, request, Now(), consistency, consistency == ReadConsistency.Bounded ? _lastSeen[client] : 0);
    }

    private object TakeEffect(Operation operation)
    {
        int member = (int)operation.Member.Value - 1;
        if (!operation.IsRead)
        {
            // The member that was asked answers from its own state.
            object answer = _cluster.Write(operation.Request);
            if (_options.RepeatsWrites)
            {
                _cluster.Write(operation.Request);
            }

            _cluster.CatchUp(member);
            return answer;
        }

        bool isStale = _random.Next(1000) < _options.StaleReadPerMille;
        if (operation.Consistency == ReadConsistency.Linearizable && !isStale)
        {
            _cluster.CatchUp(member);
        }

        object result = _cluster.Read(member, operation.Request);
        while (operation.Consistency == ReadConsistency.Bounded && RevisionOf(result) < operation.TokenRevision && _cluster.Lag(member) > 0)
        {
            _cluster.CatchUpByOne(member);
            result = _cluster.Read(member, operation.Request);
        }

        return result;
    }

    private void Return(int client, Operation operation, object result)
    {
        _underWay.Remove(client);
        if (result is EtcdError error)
        {
            History.Failed(operation, error, Now());
            return;
        }

        History.Answered(operation, (IEtcdResponse)result, Now());
        _lastSeen[client] = RevisionOf(result);
    }

    private void GiveUp(int client, Operation operation)
    {
        _underWay.Remove(client);
        if (_random.Next(2) == 0)
        {
            History.Failed(operation, EtcdError.Timeout, Now());
        }
    }

    private IMessage Request(int client) => _random.Next(20) switch
    {
        < 6 => Put(),
        < 7 => Ask.Delete(Key(), previous: Chance()),
        < 11 => Ask.Get(Key()),
        < 14 => Ask.Swap(Key(), Math.Max(0, _cluster.Revision - _random.Next(4)), Value()),
        < 15 => Guarded(Put()),
        _ when !_options.JoinsKeys => Ask.Get(Key()),
        < 17 => Range(),
        < 18 => Ask.Delete(Key(), Key(), previous: Chance()),
        < 19 when _options.Compacts && _random.Next(20) == 0 => Ask.Compact(_cluster.Revision - _random.Next(20)),
        < 19 when _lastSeen[client] > 1 => Ask.Get(Key(), "\0", revision: _lastSeen[client] - _random.Next((int)Math.Min(4, _lastSeen[client] - 1))),
        _ => Transaction(),
    };

    private TxnRequest Guarded(PutRequest put) => new()
    {
        Compare = { Ask.Version(put.Key.ToStringUtf8(), _random.Next(3)) },
        Success = { Ask.Op(put) },
        Failure = { Ask.Op(Ask.Get(put.Key.ToStringUtf8())) },
    };

    private PutRequest Put()
    {
        PutRequest put = Ask.Put(Key(), Value(), previous: Chance());
        if (_random.Next(10) == 0)
        {
            put.IgnoreValue = true;
            put.Value = ByteString.Empty;
        }

        return put;
    }

    private RangeRequest Range() => new()
    {
        Key = Ask.Bytes(Key()),
        RangeEnd = Ask.Bytes("\0"),
        Limit = _random.Next(4),
        KeysOnly = _random.Next(5) == 0,
        CountOnly = _random.Next(8) == 0,
        SortOrder = (SortOrder)_random.Next(3),
        SortTarget = (SortTarget)_random.Next(5),
        MinModRevision = _random.Next(6) == 0 ? Math.Max(0, _cluster.Revision - 5) : 0,
        MaxCreateRevision = _random.Next(6) == 0 ? _cluster.Revision : 0,
    };

    /// <summary>Two keys that differ, so that nothing is written twice.</summary>
    private TxnRequest Transaction()
    {
        int first = _random.Next(_options.Keys - 1);
        string one = KeyAt(first);
        string other = KeyAt(first + 1);
        return new TxnRequest
        {
            Compare = { Ask.Version(one, _random.Next(4)) },
            Success = { Ask.Op(Ask.Put(one, Value())), Ask.Op(Ask.Put(other, Value(), Chance())), Ask.Op(Ask.Get(one, "\0")) },
            Failure = { Ask.Op(Ask.Delete(one)), Ask.Op(Ask.Get(other)), Ask.Op(new TxnRequest
            {
                Compare = { Ask.Mod(other, Math.Max(0, _cluster.Revision - _random.Next(4))) },
                Success = { Ask.Op(Ask.Put(other, Value())) },
            }) },
        };
    }

    private string Key() => KeyAt(_random.Next(_options.Keys));

    private static string KeyAt(int place) => $"k{(char)('a' + place)}";

    private string Value() => $"v{++_values}";

    private bool Chance() => _random.Next(2) == 0;

    private TimeSpan Now() => TimeSpan.FromMilliseconds(_events);

    private static long RevisionOf(object result) => (result as IEtcdResponse)?.Header?.Revision ?? long.MaxValue;
}
