using Quorate.KeyValue.Watches;

namespace Quorate.KeyValue.Tests.Watches;

/// <summary>Notes who has something to take, and takes when told to.</summary>
internal sealed class RecordingOwner : IWatcherOwner
{
    public Queue<Watcher> Ready { get; } = new();

    public void Signal(Watcher watcher)
    {
        Ready.ShouldNotContain(watcher);
        Ready.Enqueue(watcher);
    }

    /// <summary>Takes until nothing is left; the events as "revision.sub kind key=value".</summary>
    public List<string> TakeAll(WatchHub hub, Watcher watcher)
    {
        List<WatchEvent> taken = [];
        while (hub.Take(watcher, taken).Kind == WatcherTakeKind.More)
        {
        }

        if (Ready.Contains(watcher))
        {
            Watcher[] others = [.. Ready.Where(other => other != watcher)];
            Ready.Clear();
            Array.ForEach(others, Ready.Enqueue);
        }

        return [.. taken.Select(Show)];
    }

    public static string Show(WatchEvent change)
    {
        KeyValueRecord record = change.Change.Record;
        string text = change.Change.Kind == KeyValueEventKind.Put
            ? $"{change.Revision}.{change.Change.Sub} put {Bytes.Text(record.Key)}={Bytes.Text(record.Value)}"
            : $"{change.Revision}.{change.Change.Sub} delete {Bytes.Text(record.Key)}";
        return change.Previous is { } previous ? $"{text} was {Bytes.Text(previous.Value)}" : text;
    }
}
