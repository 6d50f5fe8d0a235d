using Quorate.Etcd.Protocol;
using Quorate.Etcd.Tests.Support;
using Quorate.Raft;

namespace Quorate.Etcd.Tests;

/// <summary>A twin written naively checks the clever one.</summary>
public class NaiveTwinTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Random_requests_are_answered_as_the_naive_twin_answers_them(ulong seed)
    {
        SeededRandom random = new(seed);
        EtcdWorld world = new();
        NaiveEtcd twin = new();
        int[] outcomes = new int[3];
        for (int i = 0; i < 4000; i++)
        {
            long revision = twin.Revision;
            switch (random.Next(12))
            {
                case 0 or 1:
                    PutRequest put = RandomRequests.Put(random);
                    Compare(put, world.Call(put), twin.Do(put), outcomes);
                    break;
                case 2:
                    DeleteRangeRequest delete = RandomRequests.Delete(random);
                    Compare(delete, world.Call(delete), twin.Do(delete), outcomes);
                    break;
                case 3 or 4 or 5:
                    RangeRequest range = RandomRequests.Read(random, revision);
                    Compare(range, world.Call(range), twin.Do(range), outcomes);
                    break;
                case 6 when random.Next(4) == 0:
                    CompactionRequest compaction = RandomRequests.Compaction(random, revision);
                    Compare(compaction, world.Call(compaction), twin.Do(compaction), outcomes);
                    break;
                default:
                    TxnRequest transaction = RandomRequests.Transaction(random, revision, depth: 2);
                    Compare(transaction, world.Call(transaction), twin.Do(transaction), outcomes);
                    break;
            }

            world.Revision.ShouldBe(twin.Revision);
        }

        outcomes.ShouldAllBe(count => count > 100, "requests that succeed, clash and fail all occur");
    }

    private static void Compare<TResponse>(
        object request, RecordingCall<TResponse> call, (object? Response, EtcdError? Error) expected, int[] outcomes)
        where TResponse : class, IEtcdResponse
    {
        string what = request.ToString()!;
        call.Error.ShouldBe(expected.Error, what);
        outcomes[expected.Error == null ? 0 : expected.Error == EtcdError.DuplicateKey ? 1 : 2]++;
        if (expected.Response is TResponse response)
        {
            response.Header.ShouldNotBeNull().MergeFrom(new ResponseHeader { ClusterId = 42, MemberId = 7, RaftTerm = 3 });
            call.Response.ShouldBe(response, what);
        }
    }
}
