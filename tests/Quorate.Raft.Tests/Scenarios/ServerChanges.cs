using Quorate.Raft.Tests.Harness;

namespace Quorate.Raft.Tests.Scenarios;

/// <summary>Tells what changed at a server since the last time, in one line a change.</summary>
public sealed class ServerChanges(HarnessServer server)
{
    private bool _up;
    private Role _role;
    private long _term;
    private MemberId _vote;
    private MemberId _leader;
    private LogCopy _log = new();
    private long _commit;
    private long _applied;
    private LogPosition _snapshot;
    private bool _wantsSnapshot;

    public IEnumerable<string> Take()
    {
        if (!server.IsUp)
        {
            _up = false;
            return [];
        }

        List<string> lines = [];
        RaftNode node = server.Node;
        if (_up)
        {
            RoleChanges(node, lines);
            LogChanges(lines);
            CommitChanges(node, lines);
        }

        Remember(node);
        return lines;
    }

    private void Remember(RaftNode node)
    {
        _up = true;
        _role = node.Role;
        _term = node.CurrentTerm;
        _vote = node.VotedFor;
        _leader = node.LeaderId;
        _log = server.Log.Clone();
        _commit = node.CommitIndex;
        _applied = server.State.Last.Index;
        _snapshot = node.Snapshot?.LastIncluded ?? LogPosition.Start;
        _wantsSnapshot = node.WantsSnapshot;
    }

    private void RoleChanges(RaftNode node, List<string> lines)
    {
        if (node.Role != _role)
        {
            lines.Add($"{server.Id} becomes {RoleText(node.Role)} of term {node.CurrentTerm}");
        }
        else if (node.CurrentTerm != _term)
        {
            lines.Add($"{server.Id} enters term {node.CurrentTerm}");
        }

        if (!node.VotedFor.IsNone && node.VotedFor != server.Id && (node.VotedFor != _vote || node.CurrentTerm != _term))
        {
            lines.Add($"{server.Id} votes for {node.VotedFor}");
        }

        if (node.LeaderId != _leader && node.LeaderId != server.Id)
        {
            lines.Add(node.LeaderId.IsNone ? $"{server.Id} knows no leader" : $"{server.Id} follows {node.LeaderId}");
        }
    }

    private void LogChanges(List<string> lines)
    {
        LogCopy log = server.Log;
        if (log.Base.Index > _log.Last.Index || !Shares(log))
        {
            lines.Add($"{server.Id} replaces its log by the snapshot {log.Base}");
            _log.BeginAfter(log.Base);
        }

        long same = Math.Max(log.Base.Index, _log.Base.Index);
        while (_log.At(same + 1) is { } before && log.At(same + 1) is { } now && before == now)
        {
            same++;
        }

        if (_log.Last.Index > same)
        {
            lines.Add($"{server.Id} drops {Span(_log, same)}");
        }

        if (log.Last.Index > same)
        {
            lines.Add($"{server.Id} appends {Span(log, same)}");
        }
    }

    private bool Shares(LogCopy log) => log.Base.Index <= _log.Base.Index || _log.Holds(log.Base);

    private void CommitChanges(RaftNode node, List<string> lines)
    {
        if (node.Snapshot is { } snapshot && snapshot.LastIncluded != _snapshot)
        {
            lines.Add($"{server.Id} has the snapshot {snapshot.LastIncluded}, its log begins after {server.Log.Base}");
        }
        else if (server.Log.Base.Index > _log.Base.Index)
        {
            lines.Add($"{server.Id} forgets the log up to {server.Log.Base}");
        }

        if (node.WantsSnapshot && !_wantsSnapshot)
        {
            lines.Add($"{server.Id} wants a newer snapshot for a follower");
        }

        long applied = server.State.Last.Index;
        if (node.CommitIndex != _commit && applied == node.CommitIndex)
        {
            lines.Add($"{server.Id} commits and applies up to {applied}");
        }
        else
        {
            if (node.CommitIndex != _commit)
            {
                lines.Add($"{server.Id} commits up to {node.CommitIndex}");
            }

            if (applied != _applied)
            {
                lines.Add($"{server.Id} applies up to {applied}");
            }
        }
    }

    private static string Span(LogCopy log, long after) =>
        string.Join(", ", log.Entries.Where(entry => entry.Index > after).Select(MessageText.Of));

    private static string RoleText(Role role) => role switch
    {
        Role.Follower => "follower",
        Role.PreCandidate => "pre-candidate",
        Role.Candidate => "candidate",
        Role.Leader => "leader",
        _ => "learner",
    };
}
