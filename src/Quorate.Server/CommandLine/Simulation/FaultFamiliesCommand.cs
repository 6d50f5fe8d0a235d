using System.CommandLine;
using Quorate.Simulation.Faults;

namespace Quorate.Server.CommandLine.Simulation;

/// <summary><c>quorate sim faults</c>: what <c>--faults</c> takes.</summary>
internal static class FaultFamiliesCommand
{
    public static Command Create(Func<OutputFormat, SimulationConsole> console)
    {
        var command = new Command("faults", "List the families of faults, and what each does.");
        command.SetAction(_ => console(OutputFormat.Text).Rows(FaultFamilies.All.Select(family => (family.Name, family.Effect))));
        return command;
    }
}
