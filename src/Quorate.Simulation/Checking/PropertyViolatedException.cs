namespace Quorate.Simulation.Checking;

/// <summary>A property that must always hold does not.</summary>
public sealed class PropertyViolatedException : Exception
{
    /// <summary>Says which, and how.</summary>
    public PropertyViolatedException(string property, string text)
        : base($"{property}: {text}")
    {
        Property = property;
    }

    /// <summary>Says which, how, and what was thrown.</summary>
    public PropertyViolatedException(string property, string text, Exception cause)
        : base($"{property}: {text}", cause)
    {
        Property = property;
    }

    /// <summary>Name of the property.</summary>
    public string Property { get; }
}
