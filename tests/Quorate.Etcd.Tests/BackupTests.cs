using System.Security.Cryptography;
using Quorate.Etcd.Backups;
using Quorate.Etcd.Protocol;
using Quorate.Etcd.Tests.Support;
using Quorate.Replica;
using static Quorate.Etcd.Tests.Support.Ask;

namespace Quorate.Etcd.Tests;

public class BackupTests
{
    private readonly EtcdWorld world = new();

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(900)]
    public void A_backup_has_the_shape_that_etcds_clients_insist_on(int keys)
    {
        Fill(keys);
        List<SnapshotResponse> parts = [.. Stream()];
        byte[] bytes = Join(parts);

        (bytes.Length % 512).ShouldBe(32);
        bytes[^32..].ShouldBe(SHA256.HashData(bytes.AsSpan(..^32)));
        parts[^1].Blob.Length.ShouldBe(32);
        parts.ShouldAllBe(part => part.Blob.Length <= 64 * 1024 && part.Version == "3.7.0");
        long remaining = bytes.Length - 32;
        foreach (SnapshotResponse part in parts.SkipLast(1))
        {
            remaining -= part.Blob.Length;
            part.RemainingBytes.ShouldBe((ulong)remaining);
        }

        remaining.ShouldBe(0);
        parts[^1].RemainingBytes.ShouldBe(0ul);
    }

    [Fact]
    public void A_backup_is_of_the_moment_it_was_asked_for_however_slowly_it_is_read()
    {
        Fill(500);
        byte[] expected = Join(Stream());
        IEnumerable<SnapshotResponse> slow = Stream();
        foreach (string key in new[] { "k000", "x" })
        {
            world.Put(key, "later");
        }

        world.Do(new CompactionRequest { Revision = world.Revision });
        Join(slow).ShouldBe(expected);
    }

    [Fact]
    public void A_backup_that_is_read_tells_what_is_in_it()
    {
        Fill(100);
        world.Do(Delete("k050"));
        world.Do(new CompactionRequest { Revision = 60 });
        BackupFile file = Read(Join(Stream()));

        file.Description.Revision.ShouldBe(102);
        file.Description.CompactRevision.ShouldBe(60);
        file.Description.KeyCount.ShouldBe(99);
        (file.Description.ClusterId, file.Description.MemberId).ShouldBe((42ul, 7ul));
        file.Hash.ShouldBe(world.State.Current.Hash(0));
        file.TotalBytes.ShouldBe(Join(Stream()).Length);
    }

    [Fact]
    public void A_restored_state_has_all_data_and_nothing_of_the_old_members()
    {
        Fill(300);
        RecordingCall<MemberListResponse> published = new();
        world.Front.Cluster.PublishAttributes("old", ["http://old:2379"], published);
        Change(AlarmRequest.Types.AlarmAction.Activate, 7, AlarmType.Nospace);
        EtcdStateMachine restored = new();
        byte[] content = [.. Read(Join(Stream())).WriteRestored().SelectMany(piece => piece.ToArray())];
        restored.LoadSnapshot(new MemoryStream(content));

        restored.AppliedIndex.ShouldBe(BackupFile.RestoredIndex);
        restored.Published.Members.ShouldBeEmpty();
        restored.Alarms.Active.ShouldBeEmpty();
        restored.Current.Revision.ShouldBe(world.Revision);
        restored.Current.Hash(0).ShouldBe(world.State.Current.Hash(0));
        restored.Apply(new AppliedCommand(1, 2, (byte[])[2, .. Google.Protobuf.MessageExtensions.ToByteArray(Delete("k000"))], ResultWanted: true))
            .ShouldBeOfType<DeleteRangeResponse>().Deleted.ShouldBe(1);
    }

    [Fact]
    public void Damage_anywhere_in_a_backup_is_found()
    {
        Fill(20);
        byte[] good = Join(Stream());
        for (int position = 0; position < good.Length; position += 7)
        {
            byte[] damaged = [.. good];
            damaged[position] ^= 0x10;
            Should.Throw<InvalidDataException>(() => Read(damaged), $"byte {position}");
        }

        foreach (int length in new[] { 0, 1, 63, 64, good.Length - 512, good.Length - 32, good.Length - 1 })
        {
            Should.Throw<InvalidDataException>(() => Read(good[..length]), $"cut off at {length}");
        }

        Should.Throw<InvalidDataException>(() => Read([.. good, 0])).Message.ShouldContain("something was added");
        Should.Throw<InvalidDataException>(() => Read(new byte[4096])).Message.ShouldContain("no snapshot of quorate");
    }

    [Fact]
    public void A_backup_cannot_be_made_while_the_state_is_being_replaced()
    {
        Fill(3);
        byte[] snapshot = world.SnapshotBytes();
        RecordingStream<SnapshotResponse> call = new();
        world.State.LoadSnapshot(new CallingStream(new MemoryStream(snapshot), () => world.Front.Maintenance.Snapshot(new SnapshotRequest(), call)));
        call.Error.ShouldBe(EtcdError.Unhealthy);
        Stream().ShouldNotBeEmpty();
    }

    private static byte[] Join(IEnumerable<SnapshotResponse> parts) => [.. parts.SelectMany(part => part.Blob)];

    private static BackupFile Read(byte[] bytes) => BackupFile.Read(new MemoryStream(bytes));

    private void Fill(int keys)
    {
        for (int i = 0; i < keys; i++)
        {
            world.Put($"k{i:000}", new string((char)('a' + (i % 26)), i));
        }
    }

    private void Change(AlarmRequest.Types.AlarmAction action, ulong member, AlarmType type)
    {
        RecordingCall<AlarmResponse> call = new();
        world.Front.Maintenance.Alarm(new AlarmRequest { Action = action, MemberID = member, Alarm = type }, call);
        EtcdWorld.Answer(call);
    }

    private IEnumerable<SnapshotResponse> Stream()
    {
        RecordingStream<SnapshotResponse> call = new();
        world.Front.Maintenance.Snapshot(new SnapshotRequest(), call);
        call.Error.ShouldBeNull();
        return call.Parts.ShouldNotBeNull();
    }

    /// <summary>Calls once, when it is read first.</summary>
    private sealed class CallingStream(MemoryStream inner, Action call) : Stream
    {
        private Action? _call = call;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => inner.Length;

        public override long Position { get => inner.Position; set => throw new NotSupportedException(); }

        public override int Read(byte[] buffer, int offset, int count)
        {
            Action? now = Interlocked.Exchange(ref _call, null);
            now?.Invoke();
            return inner.Read(buffer, offset, count);
        }

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
