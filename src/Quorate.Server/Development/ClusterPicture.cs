using System.Globalization;
using Spectre.Console;

namespace Quorate.Server.Development;

/// <summary>Draws the members for a person, and tells their changes in plain lines where a script reads.</summary>
internal static class ClusterPicture
{
    /// <summary>A table of all members.</summary>
    public static Table Draw(IReadOnlyList<MemberView> members, string caption)
    {
        Table table = new Table().RoundedBorder().BorderColor(Color.Grey).Caption(Markup.Escape(caption));
        table.AddColumns("member", "client address", "process", "state", "term", "committed", "applied", "revision", "store");
        for (int column = 4; column < 9; column++)
        {
            table.Columns[column].RightAligned();
        }

        foreach (MemberView member in members)
        {
            string colour = member.IsLeader ? "green" : member.IsHealthy ? "blue" : "red";
            bool answers = member.Term > 0;
            table.AddRow(
                $"[bold]{Markup.Escape(member.Name)}[/]",
                Markup.Escape(member.Endpoint),
                member.ProcessId == 0 ? "-" : Number(member.ProcessId),
                $"[{colour}]{Markup.Escape(member.State)}[/]",
                answers ? Number(member.Term) : "-",
                answers ? Number(member.CommitIndex) : "-",
                answers ? Number(member.AppliedIndex) : "-",
                answers ? Number(member.Revision) : "-",
                answers ? Size(member.StoreBytes) : "-");
        }

        return table;
    }

    /// <summary>One line for each member whose state or term is another than before.</summary>
    public static IEnumerable<string> Changes(IReadOnlyList<MemberView> before, IReadOnlyList<MemberView> now)
    {
        for (int i = 0; i < now.Count; i++)
        {
            MemberView member = now[i];
            if (i >= before.Count || before[i].State != member.State || before[i].Term != member.Term || before[i].ProcessId != member.ProcessId)
            {
                yield return string.Create(
                    CultureInfo.InvariantCulture,
                    $"{member.Name}: {member.State}, term {member.Term}, committed {member.CommitIndex}, applied {member.AppliedIndex}, process {member.ProcessId}, {member.Endpoint}");
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

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);
}
