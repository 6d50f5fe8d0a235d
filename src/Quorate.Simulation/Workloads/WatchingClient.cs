using System.Globalization;
using Google.Protobuf;
using Quorate.Etcd;
using Quorate.Etcd.Protocol;
using Quorate.Etcd.Watches;
using Quorate.Raft;
using Quorate.Simulation.Checking.Watches;
using FilterType = Quorate.Etcd.Protocol.WatchCreateRequest.Types.FilterType;

namespace Quorate.Simulation.Workloads;

/// <summary>
/// A client that watches a range of keys at one member and goes on at another when its connection breaks, from the
/// revision after the last that it was told. Now and then it does not read for a while.
/// </summary>
internal sealed class WatchingClient
{
    private static readonly TimeSpan s_wayMin = TimeSpan.FromMicroseconds(100);
    private static readonly TimeSpan s_wayMax = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan s_noMemberPause = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan s_lookMax = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_sulkMax = TimeSpan.FromSeconds(4);

    private readonly ulong _number;
    private readonly KeyValueWorkload _workload;
    private readonly SimulatedWorld _world;
    private readonly SeededRandom _random;
    private readonly List<WatchRecord> _records = [];
    private Connection? _connection;
    private WatchRecord _record;

    public WatchingClient(int number, KeyValueWorkload workload, SimulatedWorld world, SeededRandom random)
    {
        _number = (ulong)number;
        _workload = workload;
        _world = world;
        _random = random;
        _record = Begin(0);
    }

    /// <summary>Everything it watched, one after the other.</summary>
    public IReadOnlyList<WatchRecord> Records => _records;

    /// <summary>Whether it has heard all there is.</summary>
    public bool IsSynced => _record.NextRevision > _workload.Events.Revision;

    public void Connect()
    {
        SimulatedMember member = _world.Members[_random.Next(_world.Members.Count)];
        if (!member.IsRunning)
        {
            _world.After(s_noMemberPause, Connect);
            return;
        }

        var connection = new Connection(this, member);
        _connection = connection;
        var request = new WatchCreateRequest(_record.Request) { StartRevision = _record.NextRevision };
        _world.Plan(Way(), EventKind.Request, member.Id.Value, _number, () => connection.Open(request));
        _world.After(Look(), () => LookAt(connection));
    }

    /// <summary>A stream to one life of a member. What arrives, arrives in order; what is on its way when it breaks may be lost.</summary>
    private sealed class Connection(WatchingClient client, SimulatedMember member)
    {
        private readonly int _life = member.Life;
        private EtcdFront? _front;
        private WatchStream? _stream;
        private TimeSpan _lastArrival;
        private bool _isPulling;
        private bool _hasHeard;

        public bool IsBroken => member.Life != _life || (_front is not null && client._workload.FrontOf(member) != _front);

        public TimeSpan ReadsFrom { get; set; }

        /// <summary>When the client asked for something that it has not heard of yet.</summary>
        public TimeSpan? AskedAt { get; set; }

        public void Open(WatchCreateRequest request)
        {
            if (member.Life == _life && client._connection == this && client._workload.FrontOf(member) is { } front)
            {
                _front = front;
                _stream = front.Watches.Open(Pull);
                _stream.Receive(new WatchRequest { CreateRequest = request });
            }
        }

        public void AskForProgress() =>
            client._world.Plan(client.Way(), EventKind.Request, member.Id.Value, client._number, () =>
            {
                if (!IsBroken)
                {
                    _stream?.Receive(new WatchRequest { ProgressRequest = new WatchProgressRequest() });
                }
            });

        public void Close()
        {
            if (!IsBroken)
            {
                _stream?.Close();
            }
        }

        /// <summary>The member's side: it sends as long as the client reads.</summary>
        private void Pull()
        {
            if (_isPulling)
            {
                return;
            }

            _isPulling = true;
            TimeSpan delay = client.Way();
            if (ReadsFrom > client._world.Now)
            {
                delay += ReadsFrom - client._world.Now;
            }

            client._world.Plan(delay, EventKind.Request, member.Id.Value, client._number, () =>
            {
                _isPulling = false;
                if (IsBroken || client._connection != this)
                {
                    return;
                }

                bool hasMore = _stream!.TryTake(out WatchMessage? message);
                if (message is not null)
                {
                    Send(message.ToResponse());
                }

                if (hasMore)
                {
                    Pull();
                }
            });
        }

        private void Send(WatchResponse response)
        {
            TimeSpan arrival = client._world.Now + client.Way();
            _lastArrival = arrival > _lastArrival ? arrival : _lastArrival;
            client._world.After(_lastArrival - client._world.Now, () =>
            {
                if (client._connection == this)
                {
                    AskedAt = null;
                    client.Hear(!_hasHeard, response);
                    _hasHeard = true;
                }
            });
        }
    }

    private void Hear(bool isFirst, WatchResponse response)
    {
        _workload.Heard(response);
        _record.Add(isFirst, response);
        if (response.Canceled)
        {
            // What it missed it would read from the store; it goes on with what is left.
            _record = Begin(Math.Max(response.CompactRevision, 1));
            Break();
        }
    }

    /// <summary>From time to time the client sees whether all is well, and does what clients do.</summary>
    private void LookAt(Connection connection)
    {
        if (_connection != connection)
        {
            return;
        }

        bool isCalm = _workload.HasEnded && IsSynced;
        bool isDeaf = connection.AskedAt is { } asked && _world.Now - asked > _workload.Options.Patience + s_sulkMax;
        if (connection.IsBroken || isDeaf || (!isCalm && _random.Next(20) == 0))
        {
            connection.Close();
            if (!_workload.HasEnded && _random.Next(4) == 0)
            {
                _record = Begin(RandomStart());
            }

            Break();
            return;
        }

        if (!_workload.HasEnded && _random.Next(8) == 0)
        {
            connection.ReadsFrom = _world.Now + _random.NextDelay(TimeSpan.Zero, s_sulkMax);
        }

        if (_random.Next(2) == 0 || _workload.HasEnded)
        {
            connection.AskedAt ??= _world.Now;
            connection.AskForProgress();
        }

        _world.After(Look(), () => LookAt(connection));
    }

    private void Break()
    {
        _connection = null;
        Connect();
    }

    private WatchRecord Begin(long start)
    {
        int keys = _workload.Options.Keys;
        int first = _random.Next(keys);
        var request = new WatchCreateRequest
        {
            Key = Key(first),
            StartRevision = start,
            PrevKv = _random.Next(2) == 0,
            ProgressNotify = _random.Next(2) == 0,
            Fragment = _random.Next(2) == 0,
        };
        if (_random.Next(4) != 0)
        {
            request.RangeEnd = Key(first + 1 + _random.Next(keys + 40));
        }

        switch (_random.Next(8))
        {
            case 0:
                request.Filters.Add(FilterType.Noput);
                break;
            case 1:
                request.Filters.Add(FilterType.Nodelete);
                break;
        }

        var record = new WatchRecord(request);
        _records.Add(record);
        return record;
    }

    /// <summary>The present, the past, now and then what is compacted, or soon.</summary>
    private long RandomStart() => _random.Next(3) == 0
        ? 0
        : Math.Max(1, _workload.Events.Revision + 3 - _random.Next(_workload.Options.RevisionsKept * 2));

    private static ByteString Key(int number) => ByteString.CopyFromUtf8(string.Create(CultureInfo.InvariantCulture, $"k{number:000}"));

    private TimeSpan Way() => _random.NextDelay(s_wayMin, s_wayMax);

    private TimeSpan Look() => _random.NextDelay(TimeSpan.Zero, s_lookMax);
}
