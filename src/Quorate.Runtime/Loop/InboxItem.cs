namespace Quorate.Runtime;

/// <summary>An event on its way to a replica's loop.</summary>
/// <param name="Kind">Which.</param>
/// <param name="Subject">The work, frame or request; null where there is nothing to say.</param>
/// <param name="Error">Of work: what it threw.</param>
/// <param name="From">Of a frame or a lost connection: the member whose connection it is.</param>
internal readonly record struct InboxItem(InboxItemKind Kind, object? Subject, Exception? Error = null, ulong From = 0);
