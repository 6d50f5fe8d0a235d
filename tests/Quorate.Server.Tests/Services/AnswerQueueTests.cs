using Quorate.Server.Services;

namespace Quorate.Server.Tests.Services;

public sealed class AnswerQueueTests
{
    private const int Adders = 4;
    private const int AnswersEach = 20_000;

    [Fact]
    public async Task Every_answer_is_carried_out_once_however_many_add_at_a_time()
    {
        var queue = new AnswerQueue();
        var all = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        int left = Adders * AnswersEach;
        Answer[][] answers =
        [
            .. Enumerable.Range(0, Adders).Select(_ => Enumerable.Range(0, AnswersEach).Select(_ => new Answer(Carried)).ToArray()),
        ];
        void Carried()
        {
            if (Interlocked.Decrement(ref left) == 0)
            {
                all.SetResult();
            }
        }

        await Task.WhenAll(answers.Select(own => Task.Factory.StartNew(
            () => Array.ForEach(own, queue.Add), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)));
        await all.Task;

        answers.SelectMany(own => own).ShouldAllBe(answer => answer.Times == 1);
    }

    private sealed class Answer(Action carried) : IThreadPoolWorkItem
    {
        public int Times { get; private set; }

        public void Execute()
        {
            Times++;
            carried();
        }
    }
}
