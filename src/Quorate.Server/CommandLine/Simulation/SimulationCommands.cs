using System.CommandLine;

namespace Quorate.Server.CommandLine.Simulation;

/// <summary><c>quorate sim</c>: what runs in the simulated world.</summary>
internal static class SimulationCommands
{
    public static Command Create()
    {
        var command = new Command("sim", "Run whole clusters on virtual time, from one seed.");
        command.Add(CompareCommand.Create());
        return command;
    }
}
