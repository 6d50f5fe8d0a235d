namespace Quorate.KeyValue.Watches;

/// <summary>Turns changes into what is sent to watchers.</summary>
/// <typeparam name="TEncoded">What is sent.</typeparam>
public interface IWatchEventEncoder<out TEncoded>
    where TEncoded : class
{
    /// <summary>Encodes a change, with what it replaced unless that is null.</summary>
    TEncoded Encode(in KeyValueEvent change, in KeyValueRecord? previous);
}
