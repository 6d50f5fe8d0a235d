using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Quorate.Runtime.Tests;

/// <summary>Keeps every log line, and says when one arrives.</summary>
internal sealed class CapturedLogs : ILogger, ILoggerFactory
{
    private readonly ConcurrentQueue<(int Event, string Text)> _lines = [];

    /// <summary>Whoever logs this event meets a fault that it cannot expect. Zero: none.</summary>
    public int FaultyEvent { get; init; }

    public IReadOnlyList<string> Of(int eventId) => [.. _lines.Where(line => line.Event == eventId).Select(line => line.Text)];

    public Task UntilAsync(int eventId, int count = 1) =>
        Patience.UntilAsync(() => Of(eventId).Count >= count, $"event {eventId} was logged {count} times; logged: {string.Join(" | ", _lines)}");

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (eventId.Id == FaultyEvent)
        {
            throw new InvalidOperationException("this event cannot be logged");
        }

        _lines.Enqueue((eventId.Id, formatter(state, exception)));
    }

    public ILogger CreateLogger(string categoryName) => this;

    public void AddProvider(ILoggerProvider provider)
    {
    }

    public void Dispose()
    {
    }
}
