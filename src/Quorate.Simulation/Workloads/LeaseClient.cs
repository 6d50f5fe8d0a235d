using System.Globalization;
using Google.Protobuf;
using Quorate.Etcd;
using Quorate.Etcd.Protocol;
using Quorate.Raft;
using Quorate.Simulation.Checking.Leases;

namespace Quorate.Simulation.Workloads;

/// <summary>
/// A holder of one lease after the other: asks one thing after the other of a member, mostly the same, and goes to another
/// when nothing comes back.
/// </summary>
internal sealed class LeaseClient(int number, LeaseWorkload workload, SimulatedWorld world, SeededRandom random)
{
    private static readonly TimeSpan s_wayMin = TimeSpan.FromMicroseconds(100);
    private static readonly TimeSpan s_wayMax = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan s_pauseMax = TimeSpan.FromMilliseconds(300);

    private SimulatedMember _member = world.Members[number % world.Members.Count];
    private long _requests;
    private long? _pending;

    // The lease that it holds, and what it is going to do with it.
    private LeaseStory? _lease;
    private long _ttlSeconds;
    private int _keysLeft;
    private int _renewalsLeft;
    private bool _revokes;
    private bool _isRevoked;

    public long Requests => _requests;

    public long Succeeded { get; private set; }

    public long OutcomesUnknown { get; private set; }

    public bool IsIdle => _pending is null;

    public void Begin() => After(random.NextDelay(TimeSpan.Zero, s_pauseMax));

    private void After(TimeSpan pause) => world.After(pause, Act);

    private void Act()
    {
        if (workload.HasEnded)
        {
            return;
        }

        if (!_member.IsRunning || random.Next(8) == 0)
        {
            _member = world.Members[random.Next(world.Members.Count)];
        }

        if (!_member.IsRunning)
        {
            After(s_pauseMax);
        }
        else if (_lease is not { } lease)
        {
            Grant();
        }
        else if (_isRevoked)
        {
            // Nobody may hear any more that it lives, wherever it is asked.
            _lease = null;
            _isRevoked = false;
            KeepAlive(lease, last: true);
        }
        else if (_keysLeft > 0)
        {
            _keysLeft--;
            Put(lease);
        }
        else if (_renewalsLeft > 0)
        {
            _renewalsLeft--;
            KeepAlive(lease, last: false);
        }
        else if (_revokes)
        {
            Revoke(lease);
        }
        else
        {
            // Lets go of it.
            _lease = null;
            After(random.NextDelay(TimeSpan.Zero, s_pauseMax));
        }
    }

    private void Grant()
    {
        TimeSpan asked = world.Now;
        LeaseGrantRequest request = new() { TTL = random.Next(workload.Options.TtlSecondsMin, workload.Options.TtlSecondsMax + 1) };
        Ask<LeaseGrantResponse>(request, static (front, request, call) => front.Lease.Grant((LeaseGrantRequest)request, call), answer =>
        {
            _lease = workload.StoryOf(answer.ID);
            _lease.Promised(asked, world.Now, answer.TTL);
            _ttlSeconds = answer.TTL;
            _keysLeft = 1 + random.Next(3);
            _renewalsLeft = random.Next(12);
            _revokes = random.Next(2) == 0;
            GoOn();
        });
    }

    private void Put(LeaseStory lease)
    {
        string key = string.Create(CultureInfo.InvariantCulture, $"{lease.Id:x16}/{_keysLeft}");
        TimeSpan asked = world.Now;
        PutRequest request = new() { Key = ByteString.CopyFromUtf8(key), Lease = lease.Id };
        Ask<PutResponse>(
            request,
            static (front, request, call) => front.KeyValue.Put((PutRequest)request, call),
            _ =>
            {
                workload.Acknowledged(key, lease.Id);
                GoOn();
            },
            () =>
            {
                lease.Denied(asked, world.Now);
                _lease = null;
            });
    }

    private void KeepAlive(LeaseStory lease, bool last)
    {
        TimeSpan asked = world.Now;
        LeaseKeepAliveRequest request = new() { ID = lease.Id };
        Ask<LeaseKeepAliveResponse>(request, static (front, request, call) => front.Lease.KeepAlive((LeaseKeepAliveRequest)request, call), answer =>
        {
            if (answer.TTL > 0)
            {
                lease.Promised(asked, world.Now, answer.TTL);
            }
            else
            {
                lease.Denied(asked, world.Now);
                _lease = null;
            }

            if (last)
            {
                GoOn();
            }
            else
            {
                // As clients do, after a third of the time; or when it is all but too late, or just too late.
                int perMille = random.Next(3) == 0 ? random.Next(900, 1100) : 333;
                After(TimeSpan.FromSeconds(_ttlSeconds) * perMille / 1000);
            }
        });
    }

    private void Revoke(LeaseStory lease)
    {
        LeaseRevokeRequest request = new() { ID = lease.Id };
        lease.AskedToRevoke(world.Now);
        TimeSpan asked = world.Now;
        Ask<LeaseRevokeResponse>(
            request,
            static (front, request, call) => front.Lease.Revoke((LeaseRevokeRequest)request, call),
            _ =>
            {
                lease.Revoked(world.Now);
                _isRevoked = true;
                GoOn();
            },
            () =>
            {
                lease.Denied(asked, world.Now);
                _isRevoked = true;
            });
    }

    private void Ask<TResponse>(
        IMessage request, Action<EtcdFront, IMessage, SimulatedCall<TResponse>> send, Action<TResponse> answered, Action? notFound = null)
        where TResponse : class, IEtcdResponse
    {
        long asking = ++_requests;
        _pending = asking;
        long name = (number * 1_000_000L) + asking;
        SimulatedMember member = _member;
        int life = member.Life;
        world.Tracer?.Asked(name, number, member.Id, $"{request.Descriptor.Name} {request}");
        SimulatedCall<TResponse> call = new(
            workload.Options.Patience,
            response => Return(asking, () =>
            {
                Succeeded++;
                world.Tracer?.Answered(name, number, "answered", response.ToString());
                answered((TResponse)response);
            }),
            error => Return(asking, () =>
            {
                world.Tracer?.Answered(name, number, error.MayHaveTakenEffect ? "unknown" : "refused", error.Text);
                OutcomesUnknown += error.MayHaveTakenEffect ? 1 : 0;
                if (error == EtcdError.LeaseNotFound)
                {
                    notFound?.Invoke();
                }

                _member = world.Members[random.Next(world.Members.Count)];
                GoOn();
            }));
        if (!IsLost())
        {
            world.Plan(Way(), EventKind.Request, member.Id.Value, (ulong)number, () =>
            {
                if (member.Life == life && workload.FrontOf(member) is { } front)
                {
                    send(front, request, call);
                }
            });
        }

        world.After(workload.Options.Patience, () => Return(asking, () =>
        {
            world.Tracer?.Answered(name, number, "given-up");
            OutcomesUnknown++;
            _member = world.Members[random.Next(world.Members.Count)];
            GoOn();
        }, onTheWay: false));
    }

    /// <summary>An answer goes its way, unless the client has given up by then.</summary>
    private void Return(long asked, Action arrive, bool onTheWay = true)
    {
        if (onTheWay && IsLost())
        {
            return;
        }

        world.After(onTheWay ? Way() : TimeSpan.Zero, () =>
        {
            if (_pending == asked)
            {
                _pending = null;
                arrive();
            }
        });
    }

    private void GoOn() => After(random.NextDelay(TimeSpan.Zero, s_pauseMax));

    private bool IsLost() => workload.LosesMessages && random.Next(1000) < workload.Options.LossPerMille;

    private TimeSpan Way() => random.NextDelay(s_wayMin, s_wayMax);
}
