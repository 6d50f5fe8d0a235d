using Quorate.Etcd.Commands;
using Quorate.Etcd.Protocol;
using Quorate.Etcd.State;
using Quorate.Raft;
using Quorate.Replica;

namespace Quorate.Etcd.Requests;

/// <summary>The requests of etcd's Cluster service.</summary>
public sealed class ClusterRequests
{
    private readonly RequestPath _path;

    internal ClusterRequests(RequestPath path)
    {
        _path = path;
    }

    /// <summary>
    /// Lists the members: names and peer URLs as configured, names and client URLs as published where they are. The
    /// header of the answer has no revision, as etcd's has none.
    /// </summary>
    public void MemberList(MemberListRequest request, EtcdCall<MemberListResponse> call)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(call);
        _path.Read(request, !request.Linearizable, List, call);
    }

    /// <summary>Not there yet: the members of a cluster are those it was founded with.</summary>
    public void MemberAdd(MemberAddRequest request, EtcdCall<MemberAddResponse> call) => Refuse(call);

    /// <summary>Not there yet.</summary>
    public void MemberRemove(MemberRemoveRequest request, EtcdCall<MemberRemoveResponse> call) => Refuse(call);

    /// <summary>Not there yet.</summary>
    public void MemberUpdate(MemberUpdateRequest request, EtcdCall<MemberUpdateResponse> call) => Refuse(call);

    /// <summary>Not there yet.</summary>
    public void MemberPromote(MemberPromoteRequest request, EtcdCall<MemberPromoteResponse> call) => Refuse(call);

    /// <summary>
    /// Tells the cluster this member's name and where clients reach it. To be tried until it succeeds, and needless
    /// where <see cref="HasPublished"/> says so.
    /// </summary>
    public void PublishAttributes(string name, IEnumerable<string> clientUrls, EtcdCall<MemberListResponse> call)
    {
        ArgumentNullException.ThrowIfNull(call);
        Member attributes = new() { ID = _path.Replica.Id.Value, Name = name };
        attributes.ClientURLs.Add(clientUrls);
        _path.Propose(CommandKind.MemberAttributes, attributes, default, call);
    }

    /// <summary>Whether the cluster knows exactly this of this member, as far as this member has applied.</summary>
    public bool HasPublished(string name, IEnumerable<string> clientUrls) =>
        _path.State.Published.Find(_path.Replica.Id.Value) is { } attributes
        && attributes.Name == name
        && attributes.ClientURLs.SequenceEqual(clientUrls);

    private void Refuse<TResponse>(EtcdCall<TResponse> call)
        where TResponse : class, IEtcdResponse
    {
        ArgumentNullException.ThrowIfNull(call);
        call.Failed(_path.IsLearner ? EtcdError.NotSupportedForLearner : EtcdError.MembershipNotSupported);
    }

    private static EtcdError? List(RequestPath path, MemberListRequest request, out MemberListResponse? response)
    {
        response = new MemberListResponse();
        ReplicaStatus status = path.Replica.Status;
        MemberAttributes published = path.State.Published;
        foreach (MemberId id in status.Configuration.Members)
        {
            Member member = new() { ID = id.Value, IsLearner = status.Configuration.Learners.Contains(id) };
            foreach (ClusterMember configured in path.Options.Members)
            {
                if (configured.Id == id)
                {
                    member.Name = configured.Name;
                    member.PeerURLs.Add(configured.PeerUrls);
                }
            }

            if (published.Find(id.Value) is { } attributes)
            {
                member.Name = attributes.Name;
                member.ClientURLs.Add(attributes.ClientURLs);
            }

            response.Members.Add(member);
        }

        return null;
    }
}
