using System.Diagnostics.CodeAnalysis;
using Quorate.Io;

namespace Quorate.Runtime;

/// <summary>
/// The frames that wait for one peer, bounded in number and bytes. When it is full the newest frame is the one that is
/// given up: what is sent then has no gap inside, so a follower takes all of it, and only the end is sent again.
/// </summary>
internal sealed class PeerSendQueue
{
    private readonly Lock _gate = new();
    private readonly Queue<FrameBuffer> _frames_NeedsGate = new();
    private readonly int _framesMax;
    private readonly long _bytesMax;
    private long _bytes_NeedsGate;

    public PeerSendQueue(int framesMax, long bytesMax)
    {
        _framesMax = framesMax;
        _bytesMax = bytesMax;
    }

    /// <summary>Takes over the frame, or leaves it to the caller and returns false.</summary>
    public bool TryAdd(FrameBuffer frame)
    {
        lock (_gate)
        {
            if (_frames_NeedsGate.Count >= _framesMax || _bytes_NeedsGate + frame.Length > _bytesMax)
            {
                return false;
            }

            _frames_NeedsGate.Enqueue(frame);
            _bytes_NeedsGate += frame.Length;
            return true;
        }
    }

    /// <summary>The oldest frame, which the caller disposes.</summary>
    public bool TryTake([NotNullWhen(true)] out FrameBuffer? frame)
    {
        lock (_gate)
        {
            if (!_frames_NeedsGate.TryDequeue(out frame))
            {
                return false;
            }

            _bytes_NeedsGate -= frame.Length;
            return true;
        }
    }

    /// <summary>Gives up all frames; returns how many.</summary>
    public int Clear()
    {
        int count = 0;
        while (TryTake(out FrameBuffer? frame))
        {
            frame.Dispose();
            count++;
        }

        return count;
    }
}
