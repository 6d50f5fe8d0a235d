using System.Text.Json;
using Quorate.Server.Configuration;

namespace Quorate.Server.Hosting;

/// <summary>
/// The settings that the ids of a cluster and its members come from, kept in the data folder as they were at the first
/// start, for one purpose: to say which of them differs when a later start does not fit. What decides is the identity
/// that storage keeps; without this file the refusal is the same, in fewer words.
/// </summary>
/// <param name="InitialCluster">All members with their peer URLs.</param>
/// <param name="Token">The token.</param>
/// <param name="AdvertisedPeerUrls">The own peer URLs.</param>
internal sealed record FoundingSettings(string InitialCluster, string Token, string AdvertisedPeerUrls)
{
    private const string FileName = "founding.json";

    /// <summary>As an operator finds it: most set no more than where the member listens.</summary>
    private static readonly string s_ownPeerUrls = $"{Settings.InitialAdvertisePeerUrls.Flag} (where not given: {Settings.ListenPeerUrls.Flag})";

    private static readonly string s_asThen =
        "The ids of a cluster and its members come from these settings as they are at the first start, and stay: give them as they were then, "
        + $"or name an empty data folder by {Settings.DataDir.Flag} for a new cluster";

    private static readonly string s_forNewPeerUrls =
        $". Only where a member listens may change, by {Settings.ListenPeerUrls.Flag}, if the others still reach it at its {Settings.InitialAdvertisePeerUrls.Flag}. "
        + "What is stored goes to other peer URLs as a new cluster: 'quorate snapshot save', then 'quorate snapshot restore' for each member";

    /// <summary>Keeps the settings of a first start; a later one changes nothing.</summary>
    public static void Keep(ServerSettings settings)
    {
        string path = PathIn(settings);
        if (File.Exists(path))
        {
            return;
        }

        File.WriteAllBytes(path + ".tmp", JsonSerializer.SerializeToUtf8Bytes(Of(settings)));
        File.Move(path + ".tmp", path, overwrite: true);
    }

    /// <summary>Says in the operator's terms why a data folder does not fit.</summary>
    public static string Explain(ServerSettings settings, string refusal)
    {
        if (Load(settings) is not { } founding)
        {
            return $"{refusal}. {Settings.InitialCluster.Flag}, {Settings.InitialClusterToken.Flag} or {s_ownPeerUrls} is not what it was at the first start. {s_asThen}";
        }

        FoundingSettings now = Of(settings);
        string head = refusal.Split(':')[0];
        if (founding.OwnerIn(settings) is { } owner && owner != settings.Name)
        {
            // To give the settings of the first start would start a second copy of that member.
            return $"this is the data folder of member {owner} of the same cluster; put {settings.Name}'s own folder back, or name it by {Settings.DataDir.Flag} ({head})";
        }

        (string Setting, string Then, string Now)[] all =
        [
            (Settings.InitialCluster.Flag, founding.InitialCluster, now.InitialCluster),
            (Settings.InitialClusterToken.Flag, founding.Token, now.Token),
            (s_ownPeerUrls, founding.AdvertisedPeerUrls, now.AdvertisedPeerUrls),
        ];
        string[] differences = [.. all.Where(item => item.Then != item.Now).Select(item => $"{item.Setting} was {item.Then} and is {item.Now}")];
        bool hasMoved = founding.AdvertisedPeerUrls != now.AdvertisedPeerUrls || founding.InitialCluster != now.InitialCluster;
        return differences.Length == 0
            ? refusal
            : $"{string.Join("; ", differences)}. {s_asThen}{(hasMoved ? s_forNewPeerUrls : string.Empty)} ({head})";
    }

    /// <summary>The member whose folder it is, if it is one of the cluster that the present settings name.</summary>
    private string? OwnerIn(ServerSettings settings)
    {
        FoundingSettings now = Of(settings);
        return InitialCluster == now.InitialCluster && Token == now.Token
            ? settings.InitialCluster.FirstOrDefault(member => Joined(member.PeerUrls) == AdvertisedPeerUrls)?.Name
            : null;
    }

    private static FoundingSettings? Load(ServerSettings settings)
    {
        try
        {
            return JsonSerializer.Deserialize<FoundingSettings>(File.ReadAllBytes(PathIn(settings)));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            return null;
        }
    }

    private static FoundingSettings Of(ServerSettings settings) => new(
        string.Join(',', settings.InitialCluster.SelectMany(member => member.PeerUrls.Select(url => $"{member.Name}={url}")).Order(StringComparer.Ordinal)),
        settings.InitialClusterToken,
        Joined(settings.AdvertisePeerUrls));

    private static string Joined(IEnumerable<MemberUrl> urls) => string.Join(',', urls.Select(url => url.ToString()).Order(StringComparer.Ordinal));

    private static string PathIn(ServerSettings settings) => Path.Combine(settings.DataFolder, FileName);
}
