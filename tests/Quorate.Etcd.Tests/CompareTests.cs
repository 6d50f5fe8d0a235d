using Quorate.Etcd.Protocol;
using Quorate.Etcd.Tests.Support;
using static Quorate.Etcd.Protocol.Compare.Types;
using static Quorate.Etcd.Tests.Support.Ask;

namespace Quorate.Etcd.Tests;

public class CompareTests
{
    private readonly EtcdWorld world = new();

    public CompareTests()
    {
        world.Put("a", "m"); // revision 2
        world.Put("b", "x"); // 3
        world.Put("a", "m"); // 4: version 2
    }

    [Theory]
    [InlineData(CompareResult.Equal, false, true, false)]
    [InlineData(CompareResult.NotEqual, true, false, true)]
    [InlineData(CompareResult.Greater, true, false, false)]
    [InlineData(CompareResult.Less, false, false, true)]
    public void Every_target_is_compared_in_every_way(CompareResult result, bool below, bool equal, bool above)
    {
        Func<long, Compare>[] numbers =
        [
            offset => Version("a", result, 2 + offset),
            offset => Create("a", result, 2 + offset),
            offset => Mod("a", result, 4 + offset),
            offset => Lease("a", result, 0 + offset),
            offset => Value("a", result, offset switch { < 0 => "l", 0 => "m", _ => "n" }),
        ];
        foreach (Func<long, Compare> compare in numbers)
        {
            Holds(compare(-1)).ShouldBe(below);
            Holds(compare(0)).ShouldBe(equal);
            Holds(compare(1)).ShouldBe(above);
        }
    }

    [Fact]
    public void An_absent_key_has_zeros_for_its_numbers()
    {
        Holds(Version("x", CompareResult.Equal, 0)).ShouldBeTrue();
        Holds(Create("x", CompareResult.Equal, 0)).ShouldBeTrue();
        Holds(Mod("x", CompareResult.Less, 1)).ShouldBeTrue();
        Holds(Lease("x", CompareResult.Equal, 0)).ShouldBeTrue();
        Holds(Version("x", CompareResult.Greater, 0)).ShouldBeFalse();
    }

    [Theory]
    [InlineData(CompareResult.Equal)]
    [InlineData(CompareResult.NotEqual)]
    [InlineData(CompareResult.Less)]
    [InlineData(CompareResult.Greater)]
    public void An_absent_key_has_no_value_so_no_compare_of_it_holds(CompareResult result) =>
        Holds(Value("x", result, "")).ShouldBeFalse();

    [Fact]
    public void A_compare_over_a_range_holds_if_it_holds_for_every_key()
    {
        Holds(Version("a", CompareResult.Greater, 0).Over("c")).ShouldBeTrue();
        Holds(Version("a", CompareResult.Greater, 1).Over("c")).ShouldBeFalse();
        Holds(Value("a", CompareResult.Less, "z").Over("\0")).ShouldBeTrue();
        Holds(Create("x", CompareResult.Equal, 0).Over("\0")).ShouldBeTrue("no key is there");
        Holds(Value("x", CompareResult.NotEqual, "z").Over("\0")).ShouldBeFalse();
    }

    [Fact]
    public void What_a_compare_does_not_bring_is_zero_or_empty()
    {
        Holds(new Compare { Key = Bytes("a"), Target = CompareTarget.Version, Result = CompareResult.Greater, Value = Bytes("9") }).ShouldBeTrue();
        Holds(new Compare { Key = Bytes("a"), Target = CompareTarget.Value, Result = CompareResult.Greater, Version = 9 }).ShouldBeTrue();
    }

    private bool Holds(Compare compare) => world.Do(If(compare)).Succeeded;
}
