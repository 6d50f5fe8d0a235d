using Quorate.Simulation.Runs;

namespace Quorate.Server.CommandLine.Simulation;

/// <summary>Carries out a run, and writes down what happens if there is somewhere to.</summary>
internal delegate SimulationResult SimulationRunner(SimulationCase which, Stream? trace);
