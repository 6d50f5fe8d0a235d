using System.Diagnostics;
using System.Text;
using Quorate.Replica;
using Quorate.Simulation.Checking;
using Quorate.Simulation.Faults;
using Quorate.Simulation.Runs;
using Quorate.Simulation.Testing;

namespace Quorate.Simulation.Tests.Testing;

/// <summary>State machines of somebody's own in the simulated world: each way to be wrong is caught, and what is right passes.</summary>
public sealed class StateMachineTestTests
{
    [Fact]
    public void A_right_one_passes_and_says_what_it_went_through()
    {
        StateMachineTestResult result = Of(() => new WrongCounter())
            .AnsweringLike(() => new long[1], (model, command) => model[0] += command.Span[0])
            .Check("it never goes below zero", counter => counter.Value >= 0)
            .CheckInTheEnd("it has counted what was answered", (counter, operations) =>
                counter.Value >= operations.Where(operation => operation.IsApplied).Sum(operation => operation.Command.Span[0]))
            .Run(seeds: 20)
            .ThrowIfFailed();

        result.Seeds.ShouldBe(20);
        result.CommandsAnswered.ShouldBeGreaterThan(2000);
        result.Coverage.Starts.ShouldBeGreaterThan(60);
        result.ToString().ShouldStartWith("everything held: 20 seeds, ");
    }

    [Fact]
    public void One_that_counts_what_only_this_life_of_a_member_has_seen_is_caught() =>
        Failure(Of(() => new CountsItsCalls())).Property.ShouldBeOneOf(
            SimulationRun.EqualStatesProperty, StateMachineProperty.Replay, StateMachineProperty.Snapshots);

    [Fact]
    public void One_that_asks_the_clock_comes_to_other_states() =>
        Failure(Of(() => new AsksTheClock())).Property.ShouldBeOneOf(SimulationRun.EqualStatesProperty, StateMachineProperty.Replay);

    [Fact]
    public void One_that_forgets_part_of_its_state_in_its_snapshot_is_caught() =>
        Failure(Of(() => new ForgetsInSnapshots())).Property.ShouldBeOneOf(
            SimulationRun.EqualStatesProperty, StateMachineProperty.Replay, StateMachineProperty.Snapshots);

    [Fact]
    public void One_that_throws_is_shown_with_its_stack_trace()
    {
        StateMachineFailure failure = Failure(Of(() => new Throws()));

        failure.Property.ShouldBe(UnexpectedFailures.Property);
        failure.Violation.Message.ShouldContain("I do not know how");
        failure.Violation.Message.ShouldContain(nameof(Throws));
    }

    [Fact]
    public void An_answer_that_the_model_would_not_give_is_caught()
    {
        StateMachineFailure failure = Failure(Of(() => new WrongCounter())
            .Showing(command => $"add {command.Span[0]}")
            .AnsweringLike(() => new long[1], (model, command) => (model[0] += command.Span[0]) == 100 ? -1 : model[0]));

        failure.Property.ShouldBe(StateMachineProperty.Model);
        failure.Violation.Message.ShouldMatch(@"model: add \d+: client \d.*: applied at index \d+: 100; the model answers -1");
    }

    [Fact]
    public void A_check_of_the_state_that_does_not_hold_fails_under_its_name()
    {
        StateMachineFailure failure = Failure(Of(() => new WrongCounter()).Check("it stays small", counter => counter.Value < 50));

        failure.Property.ShouldBe("it stays small");
        failure.Smallest.Members.ShouldBe(1);
        failure.Smallest.Faults!.Value.ShouldBeEmpty();
        failure.Smallest.Clients.ShouldBe(1);
    }

    [Fact]
    public void A_check_of_the_end_that_does_not_hold_fails_under_its_name() =>
        Failure(Of(() => new WrongCounter()).CheckInTheEnd("nothing is answered", (_, operations) => !operations.Any(operation => operation.IsApplied)))
            .Property.ShouldBe("nothing is answered");

    [Fact]
    public void A_failure_is_an_exception_that_a_person_can_act_on_and_its_words_replay_it()
    {
        StateMachineTest<ForgetsInSnapshots> test = Of(() => new ForgetsInSnapshots());
        StateMachineTestException error = Should.Throw<StateMachineTestException>(() => test.Run(shrinkAttempts: 30).ThrowIfFailed());

        error.Message.ShouldContain($"seed {error.Failure.Found.Seed}: {error.Failure.Property}: ");
        error.Message.ShouldEndWith($"replay it:   .Replay(\"{error.Failure.Smallest.Arguments}\")");
        using MemoryStream trace = new();
        StateMachineFailure again = test.Replay(error.Failure.Smallest.Arguments, trace).Failure!;
        again.Violation.Message.ShouldBe(error.Failure.SmallestViolation.Message);
        Encoding.UTF8.GetString(trace.ToArray()).ShouldContain("\"e\":\"violation\"");
    }

    [Fact]
    public void What_is_said_of_members_faults_and_clients_is_kept_to()
    {
        FaultFamily kill = FaultFamilies.Find("kill")!;
        StateMachineFailure failure = Of(() => new Throws()).Members(5).Faults(kill).Clients(2).Lasting(TimeSpan.FromSeconds(7)).Run(seeds: 1, shrinkAttempts: 0).Failure!;

        failure.Found.Arguments.ShouldBe("--seed 1 --members 5 --faults kill --duration 7000ms --clients 2");
        failure.Smallest.Arguments.ShouldBe(failure.Found.Arguments);
    }

    [Fact]
    public void A_test_that_says_nothing_of_clients_says_so() =>
        Should.Throw<InvalidOperationException>(() => Simulate.StateMachine(() => new WrongCounter()).Run()).Message.ShouldContain("Proposing");

    [Theory]
    [InlineData("--seed")]
    [InlineData("--seed x")]
    [InlineData("--members 0")]
    [InlineData("--faults gremlins")]
    [InlineData("--speed 3")]
    public void Words_that_make_no_sense_are_refused(string arguments) =>
        Should.Throw<FormatException>(() => Of(() => new WrongCounter()).Replay(arguments));

    private static StateMachineTest<T> Of<T>(Func<T> create)
        where T : class, IStateMachine =>
        Simulate.StateMachine(create).Proposing(turn => new byte[] { (byte)(1 + turn.Random.Next(9)) });

    private static StateMachineFailure Failure<T>(StateMachineTest<T> test)
        where T : class, IStateMachine => test.Run(seeds: 50, shrinkAttempts: 40).Failure.ShouldNotBeNull();

    private sealed class CountsItsCalls : WrongCounter
    {
        private int _calls;

        /// <remarks>Calls of this life: another member, or another life, has another number.</remarks>
        public override object? Apply(in AppliedCommand command) => Value += ++_calls % 7;
    }

    private sealed class AsksTheClock : WrongCounter
    {
        public override object? Apply(in AppliedCommand command) => Value = Stopwatch.GetTimestamp();
    }

    private sealed class ForgetsInSnapshots : WrongCounter
    {
        private long _odd;

        public override object? Apply(in AppliedCommand command)
        {
            _odd += command.Command.Span[0] & 1;
            return Value += _odd % 3;
        }
    }

    private sealed class Throws : WrongCounter
    {
        public override object? Apply(in AppliedCommand command) => throw new NotSupportedException("I do not know how");
    }
}
