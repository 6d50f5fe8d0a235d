using Google.Protobuf.Reflection;

namespace Quorate.Grpc.Reflection;

/// <summary>Where everything is that the services of a server are made of: which file has which name, symbol and extension.</summary>
internal sealed class DescriptorIndex
{
    private readonly Dictionary<string, FileDescriptor> _filesByName = new(StringComparer.Ordinal);
    private readonly Dictionary<string, FileDescriptor> _filesBySymbol = new(StringComparer.Ordinal);
    private readonly HashSet<string> _messages = new(StringComparer.Ordinal);
    private readonly Dictionary<string, SortedDictionary<int, FileDescriptor>> _extensionsByType = new(StringComparer.Ordinal);

    public DescriptorIndex(IEnumerable<ServiceDescriptor> services)
    {
        List<string> names = [];
        foreach (ServiceDescriptor service in services)
        {
            names.Add(service.FullName);
            Add(service.File);
        }

        names.Sort(StringComparer.Ordinal);
        ServiceNames = names;
    }

    /// <summary>The full names of the services, in order.</summary>
    public IReadOnlyList<string> ServiceNames { get; }

    public FileDescriptor? FileOf(string fileName) => _filesByName.GetValueOrDefault(fileName);

    /// <summary>The file that defines a service, a method, a message, a field, a oneof, an enum or one of its values.</summary>
    public FileDescriptor? FileOfSymbol(string fullName) => _filesBySymbol.GetValueOrDefault(fullName);

    public FileDescriptor? FileOfExtension(string typeName, int number) =>
        _extensionsByType.TryGetValue(typeName, out SortedDictionary<int, FileDescriptor>? files) ? files.GetValueOrDefault(number) : null;

    /// <summary>The numbers of the extensions that a message has here; null if there is no such message.</summary>
    public IEnumerable<int>? ExtensionsOf(string typeName) =>
        _extensionsByType.TryGetValue(typeName, out SortedDictionary<int, FileDescriptor>? files) ? files.Keys
            : _messages.Contains(typeName) ? []
            : null;

    private void Add(FileDescriptor file)
    {
        if (!_filesByName.TryAdd(file.Name, file))
        {
            return;
        }

        foreach (FileDescriptor dependency in file.Dependencies)
        {
            Add(dependency);
        }

        foreach (ServiceDescriptor service in file.Services)
        {
            Name(service);
            foreach (MethodDescriptor method in service.Methods)
            {
                Name(method);
            }
        }

        foreach (MessageDescriptor message in file.MessageTypes)
        {
            Add(message);
        }

        foreach (EnumDescriptor type in file.EnumTypes)
        {
            Add(type);
        }

        Add(file.Extensions);
    }

    private void Add(MessageDescriptor message)
    {
        Name(message);
        _messages.Add(message.FullName);
        foreach (FieldDescriptor field in message.Fields.InDeclarationOrder())
        {
            Name(field);
        }

        foreach (OneofDescriptor oneof in message.Oneofs)
        {
            Name(oneof);
        }

        foreach (MessageDescriptor nested in message.NestedTypes)
        {
            Add(nested);
        }

        foreach (EnumDescriptor nested in message.EnumTypes)
        {
            Add(nested);
        }

        Add(message.Extensions);
    }

    private void Add(EnumDescriptor type)
    {
        Name(type);
        foreach (EnumValueDescriptor value in type.Values)
        {
            Name(value);
        }
    }

    private void Add(ExtensionCollection extensions)
    {
        foreach (FieldDescriptor extension in extensions.UnorderedExtensions)
        {
            Name(extension);
            string type = extension.ExtendeeType.FullName;
            if (!_extensionsByType.TryGetValue(type, out SortedDictionary<int, FileDescriptor>? files))
            {
                _extensionsByType.Add(type, files = []);
            }

            files.TryAdd(extension.FieldNumber, extension.File);
        }
    }

    private void Name(IDescriptor symbol) => _filesBySymbol.TryAdd(symbol.FullName, symbol.File);
}
