namespace Quorate.Io;

/// <summary>A piece of blocking work that runs on an <see cref="IWorkLane"/>, beside the replica's loop.</summary>
public interface IWork
{
    /// <summary>
    /// Does one bounded piece of the work; returns true when nothing remains.
    /// A crash may fall between any two steps. Runs off the loop, so it touches only what this work owns.
    /// </summary>
    bool Step();

    /// <summary>Called once, on the replica's loop, after the last step, or with what a step threw.</summary>
    void Completed(Exception? error);
}
