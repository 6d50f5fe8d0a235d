using Quorate.Raft;

namespace Quorate.Simulation.Faults;

/// <summary>What happens to frames on their way.</summary>
internal static class NetworkFaults
{
    public static readonly FaultFamily Split = new(
        "split",
        "the cluster is split into two groups that do not hear each other",
        context =>
        {
            SimulatedWorld world = context.World;
            MemberId[] group = [.. world.Members.Where(_ => context.Random.Next(2) == 0).Select(member => member.Id)];
            world.Network.Isolate(group);
            context.Later(context.UpTo(TimeSpan.FromSeconds(30)), world.Network.Heal);
        });

    public static readonly FaultFamily Isolation = new(
        "isolation",
        "one member, often the leader, is cut off from all others",
        context =>
        {
            context.World.Network.Isolate(context.Victim().Id);
            context.Later(context.UpTo(TimeSpan.FromSeconds(30)), context.World.Network.Heal);
        });

    public static readonly FaultFamily OneWayCut = new(
        "one-way-cut",
        "nothing passes from one member to another; the other way it does",
        context =>
        {
            SimulatedMember victim = context.Victim();
            SimulatedMember other = context.AnyOther(victim);
            if (context.Random.Next(2) == 0)
            {
                context.World.Network.Cut(victim.Id, other.Id);
            }
            else
            {
                context.World.Network.Cut(other.Id, victim.Id);
            }

            context.Later(context.UpTo(TimeSpan.FromSeconds(30)), context.World.Network.Heal);
        });

    public static readonly FaultFamily Loss = Conditions(
        "loss", "frames get lost", (context, now) => now with { LossPerMille = context.UpToPerMille(300) }, static now => now with { LossPerMille = 0 });

    public static readonly FaultFamily Repeat = Conditions(
        "repeat", "frames arrive twice", (context, now) => now with { RepeatPerMille = context.UpToPerMille(500) }, static now => now with { RepeatPerMille = 0 });

    public static readonly FaultFamily HoldUp = Conditions(
        "hold-up",
        "frames are held up, so that others overtake them",
        (context, now) => now with { HoldUpPerMille = context.UpToPerMille(300), HoldUpMax = TimeSpan.FromMilliseconds(10) + context.UpTo(TimeSpan.FromSeconds(5)) },
        static now => now with { HoldUpPerMille = 0 });

    public static readonly FaultFamily Damage = Conditions(
        "damage", "frames arrive cut short or with a flipped bit", (context, now) => now with { DamagePerMille = context.UpToPerMille(200) }, static now => now with { DamagePerMille = 0 });

    public static readonly FaultFamily FullQueue = Conditions(
        "full-queue",
        "so few frames may be under way between two members that more are dropped",
        (context, now) => now with { LinkFramesMax = 1 + context.Random.Next(4) },
        static now => now with { LinkFramesMax = NetworkConditions.Calm.LinkFramesMax });

    public static readonly FaultFamily SlowLink = new(
        "slow-link",
        "whatever passes from one member to another takes longer",
        context =>
        {
            SimulatedMember from = context.Victim();
            SimulatedMember to = context.AnyOther(from);
            context.World.Network.SlowDown(from.Id, to.Id, context.UpTo(TimeSpan.FromSeconds(2)));
            context.Later(context.UpTo(TimeSpan.FromSeconds(30)), () => context.World.Network.SlowDown(from.Id, to.Id, TimeSpan.Zero));
        });

    public static readonly FaultFamily BrokenConnection = new(
        "broken-connection",
        "a connection breaks in the middle of a frame, what is on its way is lost, and mostly the receiver hears of it",
        context =>
        {
            SimulatedMember from = context.Victim();
            context.World.Network.Break(from.Id, context.AnyOther(from).Id);
        });

    private static FaultFamily Conditions(
        string name, string effect, Func<FaultContext, NetworkConditions, NetworkConditions> worse, Func<NetworkConditions, NetworkConditions> better) => new(
        name,
        effect,
        context =>
        {
            SimulatedNetwork network = context.World.Network;
            network.Conditions = worse(context, network.Conditions);
            context.Later(context.UpTo(TimeSpan.FromSeconds(20)), () => network.Conditions = better(network.Conditions));
        });
}
