using System.Buffers.Binary;
using System.Security.Cryptography;
using Quorate.Io;

namespace Quorate.Runtime;

/// <summary>The real world, as one replica sees it.</summary>
internal sealed class SystemWorld : IWorld
{
    public required IClock Clock { get; init; }

    public required IDisk Disk { get; init; }

    public required IPeerNetwork Network { get; init; }

    public required IWorkLane LogLane { get; init; }

    public required IWorkLane BackgroundLane { get; init; }

    public ulong Seed { get; } = BinaryPrimitives.ReadUInt64LittleEndian(RandomNumberGenerator.GetBytes(sizeof(ulong)));
}
