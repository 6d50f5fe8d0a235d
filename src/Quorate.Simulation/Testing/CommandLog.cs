using Quorate.Replica;

namespace Quorate.Simulation.Testing;

/// <summary>
/// The commands that were applied, in order of their index: what a cluster agreed on. That all members apply the same at an
/// index is checked elsewhere (paper figure 3, State Machine Safety), so the first to apply one tells it for all.
/// </summary>
internal sealed class CommandLog
{
    private readonly SortedDictionary<long, AppliedCommand> _commands = [];

    public IReadOnlyCollection<AppliedCommand> Commands => _commands.Values;

    public void Record(in AppliedCommand command) => _commands.TryAdd(command.Index, command);

    public AppliedCommand? At(long index) => _commands.TryGetValue(index, out AppliedCommand command) ? command : null;
}
