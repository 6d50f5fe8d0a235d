using Quorate.Raft;
using Quorate.Simulation.Checking;

namespace Quorate.Paxos.Tests;

/// <summary>A checker that cannot fail checks nothing: each is shown a bad trace.</summary>
public sealed class CheckerTests
{
    private static readonly MemberId s_one = new(1);
    private static readonly MemberId s_two = new(2);
    private static readonly Value s_x = new(1, new byte[] { 1 });
    private static readonly Value s_y = new(2, new byte[] { 2 });

    [Fact]
    public void Agreement_sees_two_members_learn_different_values_of_one_instance()
    {
        var agreement = new Agreement(2);
        agreement.Learnt(s_one, 1, s_x);
        agreement.Learnt(s_two, 1, s_x);
        agreement.Learnt(s_one, 2, s_y);

        Should.Throw<PropertyViolatedException>(() => agreement.Learnt(s_two, 2, s_x)).Property.ShouldBe(Agreement.Property);
    }

    [Fact]
    public void Agreement_sees_a_member_learn_another_value_after_its_restart()
    {
        var agreement = new Agreement(1);
        agreement.Learnt(s_one, 1, s_x);

        Should.Throw<PropertyViolatedException>(() => agreement.Learnt(s_one, 1, s_y));
    }

    [Fact]
    public void Validity_sees_a_value_that_nobody_has_proposed()
    {
        var validity = new Validity(1);
        validity.Proposed(s_x);
        validity.Learnt(s_one, 1, s_x);

        Should.Throw<PropertyViolatedException>(() => validity.Learnt(s_one, 2, s_y)).Property.ShouldBe(Validity.Property);
    }

    [Fact]
    public void Validity_sees_bytes_that_were_changed_on_the_way()
    {
        var validity = new Validity(1);
        validity.Proposed(s_x);

        Should.Throw<PropertyViolatedException>(() => validity.Learnt(s_one, 1, s_x with { Command = new byte[] { 9 } }));
    }

    [Fact]
    public void Validity_sees_a_value_that_is_chosen_twice()
    {
        var validity = new Validity(2);
        validity.Proposed(s_x);
        validity.Learnt(s_one, 1, s_x);
        validity.Learnt(s_two, 1, s_x);

        Should.Throw<PropertyViolatedException>(() => validity.Learnt(s_two, 2, s_x));
    }
}
