using System.Buffers;
using System.Buffers.Binary;
using Quorate.Io;
using Quorate.Paxos;
using Quorate.Paxos.Records;
using Quorate.Storage;

namespace Quorate.Simulation.Processes;

/// <summary>
/// The stable storage of a Paxos member: one file, to which batches are appended, each flushed before anybody hears of it.
/// <code>
///  0           8         12       16
/// +-----------+---------+--------+--------------------+--------
/// | magic     | CRC-32C | length | records …          | next batch …
/// +-----------+---------+--------+--------------------+--------
/// </code>
/// Little-endian; the checksum covers length and records.
/// </summary>
/// <remarks>
/// At each start the file is written anew: aside, flushed, renamed. That leaves out what later records have made needless, and
/// a torn end. It is also what makes a restart safe: what a killed process had written but not flushed can be read, and yet
/// a power loss would still take it away; the same holds for what a failed flush has left in the cache. A member that
/// answered on the strength of such bytes could break a promise.
/// </remarks>
internal sealed class PaxosJournal
{
    public const string Path = "paxos";
    private const string AsidePath = "paxos.new";
    private const ulong Magic = 0x3153_4F58_4150_5251; // "QRPAXOS1"
    private const int MagicLength = 8;
    private const int BatchHeaderLength = 8;

    private const byte PromisedKind = 1;
    private const byte AcceptedKind = 2;
    private const byte ChosenKind = 3;
    private const byte RoundsReservedKind = 4;

    private readonly IWorkLane _lane;
    private readonly IDiskFile _file;
    private readonly Action<Exception> _failed;
    private ArrayBufferWriter<byte> _gathered = new();
    private List<Action> _waiting = [];
    private bool _isWriting;
    private long _end;

    private PaxosJournal(IWorkLane lane, IDiskFile file, long end, Action<Exception> failed)
    {
        _lane = lane;
        _file = file;
        _end = end;
        _failed = failed;
    }

    /// <summary>What waits for a flush that has not begun.</summary>
    public int WaitingCount => _waiting.Count;

    /// <summary>Reads what there is and writes it anew. Blocks.</summary>
    /// <exception cref="StorageFailedException">The disk failed.</exception>
    public static PaxosJournal Open(IDisk disk, IWorkLane lane, Action<Exception> failed, out IReadOnlyList<StableRecord> records)
    {
        try
        {
            records = RecordCompaction.Compact(disk.FileExists(Path) ? Read(disk) : []);
            var content = new ArrayBufferWriter<byte>();
            content.UInt64(Magic);
            if (records.Count > 0)
            {
                var batch = new ArrayBufferWriter<byte>();
                Gather(batch, records);
                content.Write(Sealed(batch));
            }

            IDiskFile file = disk.Open(AsidePath, DiskFileMode.Create);
            file.Write(0, content.WrittenSpan);
            file.Flush();
            disk.Rename(AsidePath, Path);
            disk.FlushFolder("");
            return new PaxosJournal(lane, file, content.WrittenCount, failed);
        }
        catch (IOException error)
        {
            throw new StorageFailedException(Path, "start", error);
        }
    }

    /// <summary>
    /// Appends records; <paramref name="durable"/> is called once they, and all that were appended before, are flushed. What
    /// comes while a flush runs makes up the next batch together.
    /// </summary>
    public void Append(IReadOnlyList<StableRecord> records, Action durable)
    {
        if (records.Count == 0 && !_isWriting)
        {
            durable();
            return;
        }

        if (records.Count > 0)
        {
            Gather(_gathered, records);
        }

        _waiting.Add(durable);
        WriteNext();
    }

    private void WriteNext()
    {
        if (_isWriting || _waiting.Count == 0)
        {
            return;
        }

        _isWriting = true;
        byte[] batch = Sealed(_gathered);
        _lane.Submit(new Batch(this, batch, _end, _waiting));
        _end += batch.Length;
        _gathered = new ArrayBufferWriter<byte>();
        _waiting = [];
    }

    /// <summary>All batches up to the first that is not whole: that one was torn, and nobody was told of it.</summary>
    private static List<StableRecord> Read(IDisk disk)
    {
        byte[] bytes;
        using (IDiskFile file = disk.Open(Path, DiskFileMode.Read))
        {
            bytes = new byte[file.Length];
            for (int read = 0; read < bytes.Length;)
            {
                int count = file.Read(read, bytes.AsSpan(read));
                read += count > 0 ? count : throw new IOException($"'{Path}' ends too early");
            }
        }

        if (bytes.Length < MagicLength || BinaryPrimitives.ReadUInt64LittleEndian(bytes) != Magic)
        {
            throw new StorageDamagedException(Path, 0, "it does not begin as a journal does");
        }

        List<StableRecord> records = [];
        ReadOnlySpan<byte> rest = bytes.AsSpan(MagicLength);
        while (rest.Length >= BatchHeaderLength)
        {
            uint length = BinaryPrimitives.ReadUInt32LittleEndian(rest[sizeof(uint)..]);
            if (length > rest.Length - BatchHeaderLength)
            {
                break;
            }

            int end = BatchHeaderLength + (int)length;
            if (Crc32C.Compute(rest[sizeof(uint)..end]) != BinaryPrimitives.ReadUInt32LittleEndian(rest))
            {
                break;
            }

            ReadRecords(rest[BatchHeaderLength..end], records);
            rest = rest[end..];
        }

        return records;
    }

    private static void ReadRecords(ReadOnlySpan<byte> batch, List<StableRecord> records)
    {
        var reader = new FieldReader(batch);
        while (!reader.IsAtEnd && !reader.Failed)
        {
            switch (reader.Byte())
            {
                case PromisedKind:
                    records.Add(new PromisedRecord(reader.Int64(), reader.Ballot()));
                    break;
                case AcceptedKind:
                    records.Add(new AcceptedRecord(reader.Int64(), new AcceptedProposal(reader.Ballot(), reader.Value())));
                    break;
                case ChosenKind:
                    records.Add(new ChosenRecord(reader.Int64(), reader.Value()));
                    break;
                case RoundsReservedKind:
                    records.Add(new RoundsReservedRecord(reader.Int64()));
                    break;
                default:
                    throw new StorageDamagedException(Path, 0, "a record whose checksum is right is of no known kind");
            }
        }

        if (reader.Failed)
        {
            throw new StorageDamagedException(Path, 0, "a record whose checksum is right cannot be read");
        }
    }

    private static void Gather(ArrayBufferWriter<byte> batch, IReadOnlyList<StableRecord> records)
    {
        if (batch.WrittenCount == 0)
        {
            batch.UInt64(0); // Checksum and length, once they are known.
        }

        foreach (StableRecord record in records)
        {
            switch (record)
            {
                case PromisedRecord promised:
                    batch.Byte(PromisedKind);
                    batch.Int64(promised.Instance);
                    batch.Ballot(promised.Ballot);
                    break;
                case AcceptedRecord accepted:
                    batch.Byte(AcceptedKind);
                    batch.Int64(accepted.Instance);
                    batch.Ballot(accepted.Proposal.Ballot);
                    batch.Value(accepted.Proposal.Value);
                    break;
                case ChosenRecord chosen:
                    batch.Byte(ChosenKind);
                    batch.Int64(chosen.Instance);
                    batch.Value(chosen.Value);
                    break;
                case RoundsReservedRecord reserved:
                    batch.Byte(RoundsReservedKind);
                    batch.Int64(reserved.Round);
                    break;
                default:
                    throw new ArgumentException($"{record.GetType().Name} has no encoding", nameof(records));
            }
        }
    }

    /// <summary>The bytes of a batch; none if nothing was gathered and the wait is for an earlier one only.</summary>
    private static byte[] Sealed(ArrayBufferWriter<byte> gathered)
    {
        byte[] batch = gathered.WrittenSpan.ToArray();
        if (batch.Length > 0)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(batch.AsSpan(sizeof(uint)), (uint)(batch.Length - BatchHeaderLength));
            BinaryPrimitives.WriteUInt32LittleEndian(batch, Crc32C.Compute(batch.AsSpan(sizeof(uint))));
        }

        return batch;
    }

    private void Completed(Exception? error, List<Action> waiting)
    {
        _isWriting = false;
        if (error is not null)
        {
            _failed(error);
            return;
        }

        foreach (Action durable in waiting)
        {
            durable();
        }

        WriteNext();
    }

    /// <summary>Writes, then flushes.</summary>
    private sealed class Batch(PaxosJournal journal, byte[] bytes, long offset, List<Action> waiting) : IWork
    {
        private bool _isWritten;

        public bool Step()
        {
            if (bytes.Length == 0)
            {
                return true;
            }

            if (!_isWritten)
            {
                journal._file.Write(offset, bytes);
                _isWritten = true;
                return false;
            }

            journal._file.Flush();
            return true;
        }

        public void Completed(Exception? error) => journal.Completed(error, waiting);
    }
}
