using System.CommandLine;
using Quorate.Bench;
using Quorate.Bench.Comparison;
using Quorate.Bench.Elections;
using Quorate.Bench.Engine;

var root = new RootCommand("Measures a three-member cluster of the program that was built beside this one.");
var seconds = new Option<double>("--seconds") { Description = "Length of one measurement of throughput.", DefaultValueFactory = _ => 5 };
var rounds = new Option<int>("--rounds") { Description = "Measurements of each kind, interleaved; the median is reported.", DefaultValueFactory = _ => 3 };
var keys = new Option<int>("--keys") { Description = "Keys of 256 bytes for the memory and start-up figures.", DefaultValueFactory = _ => 1_000_000 };

foreach (Command command in ComparisonCommands.Create(seconds, rounds, keys))
{
    root.Add(command);
}

root.Add(ElectionCommand.Create());

var runs = new Option<int>("--runs") { Description = "Seeds to run; the median is reported.", DefaultValueFactory = _ => 40 };
var simulation = new Command("simulation", "How much faster than real time five simulated members go, on one core.") { runs };
simulation.SetAction(result => SimulationSpeed.Run(result.GetValue(runs)));
root.Add(simulation);

foreach (Command command in EngineCommands.Create(seconds, rounds))
{
    root.Add(command);
}

var watchers = new Option<int>("--watchers") { Description = "Watchers of one member.", DefaultValueFactory = _ => 10_000 };
var watches = new Command("watches", "What watches cost within a member: publications, events, history; no network.") { watchers, rounds };
watches.SetAction(result => WatchCost.Run(result.GetValue(watchers), result.GetValue(rounds)));
root.Add(watches);

return await root.Parse(args).InvokeAsync();
