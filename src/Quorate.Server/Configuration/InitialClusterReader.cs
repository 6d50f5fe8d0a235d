namespace Quorate.Server.Configuration;

/// <summary>Reads the list of members, and what is wrong with it.</summary>
internal sealed class InitialClusterReader(SettingsSource source, List<string> problems)
{
    private static readonly Comparer<MemberUrl> s_urlOrder =
        Comparer<MemberUrl>.Create((left, right) => string.CompareOrdinal(left.Authority, right.Authority));

    /// <summary>The members; without the setting this one alone.</summary>
    /// <param name="name">The name of this member.</param>
    /// <param name="advertisePeer">Its own peer URLs.</param>
    /// <param name="arePeerUrlsGood">Whether those are what was given, and no stopgap that nothing is to be compared with.</param>
    public List<InitialMember> Read(string name, IReadOnlyList<MemberUrl> advertisePeer, bool arePeerUrlsGood)
    {
        if (source.Find(Settings.InitialCluster) is not { } given)
        {
            return [new InitialMember(name, advertisePeer)];
        }

        int problemsBefore = problems.Count;
        var urlsByName = new SortedDictionary<string, List<MemberUrl>>(StringComparer.Ordinal);
        foreach (string item in given.Text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            int equals = item.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0)
            {
                problems.Add($"{given.Origin}: '{item}' is not NAME=URL, as in {name}={advertisePeer[0]}");
            }
            else if (!MemberUrl.TryParse(item[(equals + 1)..], out MemberUrl url, out string? problem))
            {
                problems.Add($"{given.Origin}: member {item[..equals]}: {problem}");
            }
            else if (urlsByName.Values.Any(urls => urls.Contains(url)))
            {
                problems.Add($"{given.Origin}: {url} is given twice; every member needs peer URLs of its own");
            }
            else if (urlsByName.TryGetValue(item[..equals], out List<MemberUrl>? urls))
            {
                urls.Add(url);
            }
            else
            {
                urlsByName.Add(item[..equals], [url]);
            }
        }

        if (urlsByName.Count == 0)
        {
            if (problems.Count == problemsBefore)
            {
                problems.Add($"{given.Origin} lists nobody; a member looks like {name}={advertisePeer[0]}");
            }

            return [new InitialMember(name, advertisePeer)];
        }

        if (!urlsByName.TryGetValue(name, out List<MemberUrl>? own))
        {
            problems.Add($"{given.Origin} does not list this member, '{name}'; its names are {string.Join(", ", urlsByName.Keys)}. Set {Settings.Name.Flag} to one of them, or add {name}={advertisePeer[0]}");
        }
        else if (arePeerUrlsGood && !own.Order(s_urlOrder).SequenceEqual(advertisePeer.Order(s_urlOrder)))
        {
            problems.Add(
                $"{given.Origin} has {string.Join(" and ", own)} for this member, '{name}', but {OriginOfPeerUrls()} has {string.Join(" and ", advertisePeer)}; they must be the same. "
                + $"A member that listens elsewhere than the others find it needs {Settings.InitialAdvertisePeerUrls.Flag} {string.Join(',', own)}");
        }

        return [.. urlsByName.Select(pair => new InitialMember(pair.Key, pair.Value))];
    }

    /// <summary>What was given, of the settings that may stand for one another: whoever moved a member has changed that.</summary>
    private string OriginOfPeerUrls() =>
        source.Find(Settings.InitialAdvertisePeerUrls)?.Origin
        ?? $"{source.Find(Settings.ListenPeerUrls)?.Origin ?? $"the default of {Settings.ListenPeerUrls.Flag}"}, which stands for {Settings.InitialAdvertisePeerUrls.Flag},";
}
