using System.Globalization;
using Quorate.Raft;
using Quorate.Replica;

namespace Quorate.Simulation.Testing;

/// <summary>A command that a client proposed, and what it heard of it.</summary>
public sealed class ClientOperation
{
    internal ClientOperation(int client, long number, MemberId member, ReadOnlyMemory<byte> command, TimeSpan proposedAt)
    {
        Client = client;
        Number = number;
        Member = member;
        Command = command;
        ProposedAt = proposedAt;
    }

    /// <summary>Who proposed it, from one.</summary>
    public int Client { get; }

    /// <summary>Counts what that client proposes, from one.</summary>
    public long Number { get; }

    /// <summary>The member that was asked.</summary>
    public MemberId Member { get; }

    /// <summary>What was proposed.</summary>
    public ReadOnlyMemory<byte> Command { get; }

    /// <summary>When, in virtual time.</summary>
    public TimeSpan ProposedAt { get; }

    /// <summary>When something came back, in virtual time; null if nothing did.</summary>
    public TimeSpan? ReturnedAt { get; private set; }

    /// <summary>How it ended, as far as its client was told; <see cref="ProposalStatus.Unknown"/> if nothing came back.</summary>
    public ProposalStatus Status { get; private set; } = ProposalStatus.Unknown;

    /// <summary>Where applied: the index of its entry in the log.</summary>
    public long Index { get; private set; }

    /// <summary>Where applied: what <see cref="IStateMachine.Apply"/> returned.</summary>
    public object? Result { get; private set; }

    /// <summary>Whether the client was told that it was applied, with <see cref="Result"/>.</summary>
    public bool IsApplied => Status == ProposalStatus.Applied;

    /// <summary>Whether the client cannot know: it may have been applied, may yet be, or never will.</summary>
    public bool IsUnknown => Status is ProposalStatus.Unknown or ProposalStatus.Stopping;

    /// <inheritdoc/>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"client {Client}, command {Number}, at {ProposedAt.TotalSeconds:0.000} s: {(IsApplied ? $"applied at index {Index}: {Result ?? "null"}" : Status)}");

    internal void Returned(in ProposalOutcome outcome, TimeSpan now)
    {
        Status = outcome.Status;
        Index = outcome.Index;
        Result = outcome.Result;
        ReturnedAt = now;
    }
}
