using System.Globalization;
using Quorate.Server.CommandLine;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Quorate.Server.Development;

/// <summary>Draws the members for a person, and tells their changes in plain lines where a script reads.</summary>
internal static class ClusterPicture
{
    private const int NoteLines = 3;

    /// <summary>A table of all members, what there is to say of those that are not well, and a caption.</summary>
    /// <param name="members">The members.</param>
    /// <param name="caption">What can be done.</param>
    /// <param name="width">Columns of the terminal.</param>
    public static IRenderable Draw(IReadOnlyList<MemberView> members, string caption, int width)
    {
        var table = new FittingTable(
            width,
            new FittingColumn("member"),
            new FittingColumn("address"),
            new FittingColumn("process", IsOptional: true),
            new FittingColumn("state"),
            new FittingColumn("term", IsNumber: true),
            new FittingColumn("committed", IsNumber: true),
            new FittingColumn("applied", IsNumber: true, IsOptional: true),
            new FittingColumn("revision", IsNumber: true),
            new FittingColumn("store", IsNumber: true));
        foreach (MemberView member in members)
        {
            string colour = member.IsLeader ? "green" : member.IsHealthy ? "blue" : "red";
            bool answers = member.Term > 0;
            table.Add(
                $"[bold]{Markup.Escape(member.Name)}[/]",
                Markup.Escape(new Uri(member.Endpoint).Authority),
                member.ProcessId == 0 ? "-" : Number(member.ProcessId),
                $"[{colour}]{Markup.Escape(member.State)}[/]",
                answers ? Number(member.Term) : "-",
                answers ? Number(member.CommitIndex) : "-",
                answers ? Number(member.AppliedIndex) : "-",
                answers ? Number(member.Revision) : "-",
                answers ? Size(member.StoreBytes) : "-");
        }

        IEnumerable<IRenderable> notes = members
            .SelectMany(member => new[] { member.Note, LogNote(member) }.OfType<string>().Select(note => (member.Name, Note: note)))
            .Select(said => new Markup($"[red]{Markup.Escape(said.Name)}[/] {Markup.Escape(Shorten(said.Note, width * NoteLines))}"));
        return new Rows([table.Build(), .. notes, new Markup($"[grey]{Markup.Escape(caption)}[/]")]);
    }

    /// <summary>One line for each member whose state or term is another than before, and one where its log fails.</summary>
    public static IEnumerable<string> Changes(IReadOnlyList<MemberView> before, IReadOnlyList<MemberView> now)
    {
        for (int i = 0; i < now.Count; i++)
        {
            MemberView member = now[i];
            if (i >= before.Count || before[i].State != member.State || before[i].Term != member.Term || before[i].ProcessId != member.ProcessId)
            {
                yield return Line(member);
            }

            if (LogNote(member) is { } note && (i >= before.Count || before[i].LogProblem is null))
            {
                yield return $"{member.Name}: {note}";
            }
        }
    }

    /// <summary>Bytes in the largest unit that leaves a number of at least one.</summary>
    public static string Size(long bytes) => bytes switch
    {
        >= 1L << 30 => string.Create(CultureInfo.InvariantCulture, $"{bytes / (double)(1L << 30):0.0} GiB"),
        >= 1L << 20 => string.Create(CultureInfo.InvariantCulture, $"{bytes / (double)(1L << 20):0.0} MiB"),
        >= 1L << 10 => string.Create(CultureInfo.InvariantCulture, $"{bytes / (double)(1L << 10):0.0} KiB"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{bytes} B"),
    };

    private static string Line(MemberView member)
    {
        string line = $"{member.Name} ({new Uri(member.Endpoint).Authority}): {member.Note ?? member.State}";
        if (member.Term > 0)
        {
            line += string.Create(CultureInfo.InvariantCulture, $", term {member.Term}, committed {member.CommitIndex}, applied {member.AppliedIndex}");
        }

        return member.ProcessId > 0 ? line + string.Create(CultureInfo.InvariantCulture, $", process {member.ProcessId}") : line;
    }

    private static string? LogNote(MemberView member) =>
        member.LogProblem is null ? null : $"its log is not kept until it is started again: {member.LogProblem}";

    private static string Shorten(string text, int length) => text.Length <= length ? text : text[..(length - 1)] + "…";

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);
}
