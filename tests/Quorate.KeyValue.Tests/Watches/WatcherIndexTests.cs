using System.Globalization;
using Quorate.KeyValue.Watches;

namespace Quorate.KeyValue.Tests.Watches;

public class WatcherIndexTests
{
    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 20)];

    /// <summary>The twin asks every watcher.</summary>
    [Theory]
    [MemberData(nameof(Seeds))]
    public void A_change_reaches_exactly_those_whose_range_holds_its_key(int seed)
    {
        var random = new Random(seed);
        var store = new KeyValueStore();
        var hub = new WatchHub(store.Current, new WatchHubOptions());
        var owner = new RecordingOwner();
        List<Watcher> watchers = [];
        for (int step = 0; step < 400; step++)
        {
            if (watchers.Count > 0 && random.Next(3) == 0)
            {
                int place = random.Next(watchers.Count);
                hub.Remove(watchers[place]);
                watchers.RemoveAt(place);
            }
            else
            {
                watchers.Add(hub.Add(new WatcherOptions(RandomRange(random), store.Current.Revision + 1), owner));
            }

            ReadOnlyMemory<byte> key = RandomKey(random);
            store.Put(Bytes.Text(key), "v");
            hub.Publish(store.Current);
            hub.Deliver();
            foreach (Watcher watcher in watchers)
            {
                List<WatchEvent> taken = [];
                hub.Take(watcher, taken);
                taken.Count.ShouldBe(watcher.Options.Keys.Contains(key.Span) ? 1 : 0);
            }

            owner.Ready.Clear();
        }
    }

    private static KeyRange RandomRange(Random random)
    {
        ReadOnlyMemory<byte> start = RandomKey(random);
        return random.Next(4) switch
        {
            0 => KeyRange.From(start),
            1 => KeyRange.ForKey(start),
            _ => new KeyRange(start, RandomKey(random)),
        };
    }

    private static ReadOnlyMemory<byte> RandomKey(Random random) =>
        Bytes.Of(random.Next(40).ToString(CultureInfo.InvariantCulture) + new string('\0', random.Next(2)));
}
