using System.Numerics;

namespace Quorate.Simulation;

/// <summary>A frame on its way. Once it has arrived, or was lost, it carries other bytes: a good part of all events are frames.</summary>
internal sealed class SimulatedFrame
{
    private byte[] _bytes = [];
    private int _length;

    public SimulatedFrame(SimulatedLink link, Action<SimulatedFrame> arrived)
    {
        Link = link;
        Arrive = () => arrived(this);
    }

    public SimulatedLink Link { get; }

    /// <summary>Its arrival, to be planned.</summary>
    public Action Arrive { get; }

    /// <summary>Counts what is sent; one that is repeated arrives twice under one number.</summary>
    public long Number { get; private set; }

    /// <summary>That of the link when it was sent.</summary>
    public int Epoch { get; private set; }

    public bool IsDamaged { get; private set; }

    public ReadOnlySpan<byte> Bytes => _bytes.AsSpan(0, _length);

    public void Load(long number, ReadOnlySpan<byte> bytes, bool isDamaged)
    {
        Number = number;
        Epoch = Link.Epoch;
        IsDamaged = isDamaged;
        if (_bytes.Length < bytes.Length)
        {
            _bytes = new byte[BitOperations.RoundUpToPowerOf2((uint)bytes.Length)];
        }

        bytes.CopyTo(_bytes);
        _length = bytes.Length;
    }
}
