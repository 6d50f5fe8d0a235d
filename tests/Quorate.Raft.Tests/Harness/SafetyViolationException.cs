namespace Quorate.Raft.Tests.Harness;

/// <summary>A property that must hold after every event does not.</summary>
public sealed class SafetyViolationException : Exception
{
    public SafetyViolationException()
    {
    }

    public SafetyViolationException(string message)
        : base(message)
    {
    }

    public SafetyViolationException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
