namespace Quorate.Server.Import;

/// <summary>An import file that cannot be read: which line, and what is wrong with it.</summary>
public sealed class ImportException(string message, Exception? inner = null) : Exception(message, inner);
