using System.Collections.Concurrent;

namespace Quorate.Server.Services;

/// <summary>
/// Answers on their way from the replica to the calls that await them. A replica ends many requests at once: one thread
/// of the pool is woken for all of them, and another only where one is not enough.
/// </summary>
/// <remarks>
/// The pool would wake a thread, and that one the next, for every single answer. It is bounded by what bounds the
/// requests under way: each is in it once.
/// </remarks>
internal sealed class AnswerQueue : IThreadPoolWorkItem
{
    /// <summary>So many answers are worth another thread.</summary>
    private const int AnswersPerThread = 64;

    private readonly ConcurrentQueue<IThreadPoolWorkItem> _answers = new();
    private readonly int _threadsMax = Environment.ProcessorCount;
    private int _threads;

    /// <summary>That of this process.</summary>
    public static AnswerQueue Shared { get; } = new();

    /// <summary>Has an answer carried out soon, on a thread of the pool. Those behind it wait for its end, so it must be short.</summary>
    public void Add(IThreadPoolWorkItem answer)
    {
        _answers.Enqueue(answer);
        AddThreadIfWorthwhile();
    }

    void IThreadPoolWorkItem.Execute()
    {
        while (_answers.TryDequeue(out IThreadPoolWorkItem? answer))
        {
            answer.Execute();
        }

        // What was added since, by somebody who saw this thread still counted.
        Interlocked.Decrement(ref _threads);
        AddThreadIfWorthwhile();
    }

    private void AddThreadIfWorthwhile()
    {
        int threads = Volatile.Read(ref _threads);
        bool isWorthwhile = threads == 0
            ? !_answers.IsEmpty
            : threads < _threadsMax && _answers.Count > threads * AnswersPerThread;
        if (isWorthwhile && Interlocked.CompareExchange(ref _threads, threads + 1, threads) == threads)
        {
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        }
    }
}
