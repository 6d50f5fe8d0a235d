using Quorate.Client;
using Quorate.Etcd;
using Quorate.Grpc;

namespace Quorate.Server.CommandLine;

/// <summary>What a failed operation means: to a script by its number, to a person in words.</summary>
internal static class Failures
{
    private const string OutcomeUnknown = "whether the write took effect is not known";

    public static int ExitCodeOf(QuorateException failure) => failure switch
    {
        { OutcomeUnknown: true } => ExitCode.OutcomeUnknown,
        { Status.StatusCode: StatusCode.Unavailable or StatusCode.DeadlineExceeded } => ExitCode.Unavailable,
        _ => ExitCode.Failed,
    };

    /// <summary>What has failed, and of a write whether it certainly has. Never says so of one that may take effect yet (spec W2).</summary>
    public static string Describe(QuorateException failure)
    {
        string endpoint = failure.Endpoint.Authority;
        string outcome = failure.OutcomeUnknown ? OutcomeUnknown : "nothing was done";
        if (failure.Status.Detail == EtcdError.NoLeader.Text)
        {
            return $"the member at {endpoint} knows no leader; {outcome}. A cluster has none while half of its members or more are down or "
                + $"cannot reach each other; 'quorate status' shows who answers ({failure.Status.Detail})";
        }

        if (failure.Status.Detail == EtcdError.NoSpace.Text)
        {
            // A member of ours refuses such a write before it is proposed, but what it says is what etcd says.
            return $"the store of {endpoint} is full; {outcome} (quorate refuses it, etcd may carry it out all the same). Delete what is not needed, 'quorate compact' its history away, then "
                + $"'quorate alarm disarm' ({failure.Status.Detail})";
        }

        if (failure.Status.StatusCode == StatusCode.DeadlineExceeded)
        {
            return $"no answer from {endpoint} in time{(failure.OutcomeUnknown ? $"; {OutcomeUnknown}" : string.Empty)}. --timeout allows more";
        }

        return failure.Message;
    }
}
