// A counter that survives its machines: three members in one process, each with a host, a folder and a port of its own,
// as they would have on three machines. Every member counts; then the leader is stopped, and the others go on.
using System.Buffers.Binary;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Quorate.Raft;
using Quorate.Replica;
using Quorate.Runtime;

const int FirstPort = 23801;
string folder = Directory.CreateTempSubdirectory("quorate-counter-").FullName;
QuorateMember[] members = [.. Enumerable.Range(0, 3).Select(i => new QuorateMember($"member-{i + 1}", "127.0.0.1", FirstPort + i))];
Dictionary<string, (IHost Host, Counter Counter)> running = [];
foreach (QuorateMember member in members)
{
    var counter = new Counter();
    HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(null);
    builder.Services.AddQuorate(
        options =>
        {
            options.Name = member.Name;
            options.DataFolder = Path.Combine(folder, member.Name);
            members.ToList().ForEach(options.Members.Add);
        },
        _ => counter);
    IHost host = builder.Build();
    await host.StartAsync();
    running[member.Name] = (host, counter);
}

await CountEverywhereAsync();
string leader = running.Keys.First(name => Quorate(name).Status.Role == Role.Leader);
Console.WriteLine($"{leader} leads, and is stopped now");
await running[leader].Host.StopAsync();
running.Remove(leader);
long total = await CountEverywhereAsync();
await Task.WhenAll(running.Values.Select(member => member.Host.StopAsync()));
Directory.Delete(folder, recursive: true);
Console.WriteLine($"the counter ends at {total}");
return total == 50 ? 0 : 1;

IQuorate Quorate(string name) => running[name].Host.Services.GetRequiredService<IQuorate>();

// Ten increments through each member, wherever the leader is; then each reads what all have written.
async Task<long> CountEverywhereAsync()
{
    foreach (string name in running.Keys)
    {
        for (int i = 0; i < 10; i++)
        {
            ProposalOutcome outcome;
            do
            {
                outcome = await Quorate(name).ProposeAsync(Counter.Add(1), TimeSpan.FromSeconds(30));
            }
            while (outcome.Status is ProposalStatus.NoLeader or ProposalStatus.Superseded); // certainly not carried out
        }
    }

    foreach ((string name, (_, Counter counter)) in running)
    {
        ReadOutcome read = await Quorate(name).ReadAsync(ReadConsistency.Linearizable, timeout: TimeSpan.FromSeconds(30));
        Console.WriteLine($"{name} reads {counter.Value} ({read})");
    }

    return running.Values.First().Counter.Value;
}

/// <summary>What is replicated: a number. A command is the amount to add, and its result the number after that.</summary>
internal sealed class Counter : IStateMachine
{
    private long _value;
    public long Value => Volatile.Read(ref _value);

    public static byte[] Add(long amount)
    {
        byte[] command = new byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(command, amount);
        return command;
    }

    public object? Apply(in AppliedCommand command) => _value += BinaryPrimitives.ReadInt64LittleEndian(command.Command.Span);

    public IStateMachineSnapshot TakeSnapshot() => new Snapshot(_value);

    public void LoadSnapshot(Stream snapshot)
    {
        byte[] bytes = new byte[sizeof(long)];
        snapshot.ReadExactly(bytes);
        _value = BinaryPrimitives.ReadInt64LittleEndian(bytes);
    }

    private sealed record Snapshot(long Value) : IStateMachineSnapshot
    {
        public IEnumerable<ReadOnlyMemory<byte>> Write() => [Add(Value)];
        public void Dispose() => GC.SuppressFinalize(this);
    }
}
