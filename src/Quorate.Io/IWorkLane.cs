namespace Quorate.Io;

/// <summary>Runs work in the order submitted, one at a time, beside the replica's loop.</summary>
public interface IWorkLane
{
    /// <summary>Queues the work. Never runs a step or a completion before it returns.</summary>
    void Submit(IWork work);
}
