namespace Quorate.Storage;

/// <summary>Whoever waits for what it staged in a <see cref="WriteAheadLog"/>. Called once, on the replica's loop.</summary>
public interface ILogCompletion
{
    /// <summary>
    /// Everything staged before the <see cref="WriteAheadLog.Submit"/> is flushed; or, with an error, never will be:
    /// the log has failed for good and the server must stop.
    /// </summary>
    void Completed(StorageException? error);
}
