// Facts of the files that protoc 35 and its successor bring along: names, numbers and types (https://protobuf.dev/reference/protobuf/google.protobuf/).

const header = 'syntax = "proto3"; package google.protobuf; ';

/** Options of languages, as far as messages hold them: extensions are unknown fields to us. */
const optionsHeader = 'syntax = "proto2"; package pb; ';

/** By the name of the file below google/protobuf, without options that are not on the wire. */
export const wellKnownSources: Readonly<Record<string, string>> = {
  api: `${header}
    message Api {
      string name = 1; repeated Method methods = 2; repeated Option options = 3; string version = 4;
      SourceContext source_context = 5; repeated Mixin mixins = 6; Syntax syntax = 7; string edition = 8;
    }
    message Method {
      string name = 1; string request_type_url = 2; bool request_streaming = 3; string response_type_url = 4;
      bool response_streaming = 5; repeated Option options = 6; Syntax syntax = 7; string edition = 8;
    }
    message Mixin { string name = 1; string root = 2; }`,
  any: `${header} message Any { string type_url = 1; bytes value = 2; }`,
  'compiler/plugin': `syntax = "proto2"; package google.protobuf.compiler;
    message Version {
      optional int32 major = 1; optional int32 minor = 2; optional int32 patch = 3; optional string suffix = 4;
    }
    message CodeGeneratorRequest {
      repeated string file_to_generate = 1; optional string parameter = 2; optional Version compiler_version = 3;
      repeated FileDescriptorProto proto_file = 15; repeated FileDescriptorProto source_file_descriptors = 17;
    }
    message CodeGeneratorResponse {
      enum Feature { FEATURE_NONE = 0; FEATURE_PROTO3_OPTIONAL = 1; FEATURE_SUPPORTS_EDITIONS = 2; }
      message File {
        optional string name = 1; optional string insertion_point = 2;
        optional string content = 15; optional GeneratedCodeInfo generated_code_info = 16;
      }
      optional string error = 1; optional uint64 supported_features = 2;
      optional int32 minimum_edition = 3; optional int32 maximum_edition = 4; repeated File file = 15;
    }`,
  cpp_features: `${optionsHeader}
    message CppFeatures {
      enum StringType { STRING_TYPE_UNKNOWN = 0; VIEW = 1; CORD = 2; STRING = 3; }
      enum RepeatedType { REPEATED_TYPE_UNKNOWN = 0; LEGACY = 1; PROXY = 2; }
      optional bool legacy_closed_enum = 1; optional StringType string_type = 2;
      optional bool enum_name_uses_string_view = 3; optional RepeatedType repeated_type = 4;
    }`,
  cpp_file_options: `edition = "2024"; package pb.file; local message CppFileOptions { string namespace = 1; }`,
  cpp_options: `edition = "2024"; package pb;`,
  c_sharp_features: `${optionsHeader} message CSharpFeatures { optional bool nullable_reference_types = 1; }`,
  descriptor: `syntax = "proto2"; package google.protobuf;
    enum Edition {
      EDITION_UNKNOWN = 0; EDITION_LEGACY = 900; EDITION_PROTO2 = 998; EDITION_PROTO3 = 999; EDITION_2023 = 1000;
      EDITION_2024 = 1001; EDITION_2026 = 1002; EDITION_UNSTABLE = 9999; EDITION_1_TEST_ONLY = 1;
      EDITION_2_TEST_ONLY = 2; EDITION_99997_TEST_ONLY = 99997; EDITION_99998_TEST_ONLY = 99998;
      EDITION_99999_TEST_ONLY = 99999; EDITION_MAX = 2147483647;
    }
    enum SymbolVisibility { VISIBILITY_UNSET = 0; VISIBILITY_LOCAL = 1; VISIBILITY_EXPORT = 2; }
    message FileDescriptorSet { extensions 536000000 to 536000000; repeated FileDescriptorProto file = 1; }
    message FileDescriptorProto {
      optional string name = 1; optional string package = 2; repeated string dependency = 3;
      repeated DescriptorProto message_type = 4; repeated EnumDescriptorProto enum_type = 5;
      repeated ServiceDescriptorProto service = 6; repeated FieldDescriptorProto extension = 7;
      optional FileOptions options = 8; optional SourceCodeInfo source_code_info = 9;
      repeated int32 public_dependency = 10; repeated int32 weak_dependency = 11; optional string syntax = 12;
      optional Edition edition = 14; repeated string option_dependency = 15;
    }
    message DescriptorProto {
      message ExtensionRange {
        optional int32 start = 1; optional int32 end = 2; optional ExtensionRangeOptions options = 3;
      }
      message ReservedRange { optional int32 start = 1; optional int32 end = 2; }
      optional string name = 1; repeated FieldDescriptorProto field = 2; repeated DescriptorProto nested_type = 3;
      repeated EnumDescriptorProto enum_type = 4; repeated ExtensionRange extension_range = 5;
      repeated FieldDescriptorProto extension = 6; optional MessageOptions options = 7;
      repeated OneofDescriptorProto oneof_decl = 8; repeated ReservedRange reserved_range = 9;
      repeated string reserved_name = 10; optional SymbolVisibility visibility = 11;
    }
    message ExtensionRangeOptions {
      extensions 990 to 998; extensions 1000 to max;
      enum VerificationState { DECLARATION = 0; UNVERIFIED = 1; }
      message Declaration {
        optional int32 number = 1; optional string full_name = 2; optional string type = 3;
        optional bool reserved = 5; optional bool repeated = 6;
      }
      repeated Declaration declaration = 2; optional VerificationState verification = 3;
      optional FeatureSet features = 50; repeated UninterpretedOption uninterpreted_option = 999;
    }
    message FieldDescriptorProto {
      enum Type {
        TYPE_DOUBLE = 1; TYPE_FLOAT = 2; TYPE_INT64 = 3; TYPE_UINT64 = 4; TYPE_INT32 = 5; TYPE_FIXED64 = 6;
        TYPE_FIXED32 = 7; TYPE_BOOL = 8; TYPE_STRING = 9; TYPE_GROUP = 10; TYPE_MESSAGE = 11; TYPE_BYTES = 12;
        TYPE_UINT32 = 13; TYPE_ENUM = 14; TYPE_SFIXED32 = 15; TYPE_SFIXED64 = 16; TYPE_SINT32 = 17;
        TYPE_SINT64 = 18;
      }
      enum Label { LABEL_OPTIONAL = 1; LABEL_REPEATED = 3; LABEL_REQUIRED = 2; }
      optional string name = 1; optional string extendee = 2; optional int32 number = 3; optional Label label = 4;
      optional Type type = 5; optional string type_name = 6; optional string default_value = 7;
      optional FieldOptions options = 8; optional int32 oneof_index = 9; optional string json_name = 10;
      optional bool proto3_optional = 17;
    }
    message OneofDescriptorProto { optional string name = 1; optional OneofOptions options = 2; }
    message EnumDescriptorProto {
      message EnumReservedRange { optional int32 start = 1; optional int32 end = 2; }
      optional string name = 1; repeated EnumValueDescriptorProto value = 2; optional EnumOptions options = 3;
      repeated EnumReservedRange reserved_range = 4; repeated string reserved_name = 5;
      optional SymbolVisibility visibility = 6;
    }
    message EnumValueDescriptorProto {
      optional string name = 1; optional int32 number = 2; optional EnumValueOptions options = 3;
    }
    message ServiceDescriptorProto {
      optional string name = 1; repeated MethodDescriptorProto method = 2; optional ServiceOptions options = 3;
    }
    message MethodDescriptorProto {
      optional string name = 1; optional string input_type = 2; optional string output_type = 3;
      optional MethodOptions options = 4; optional bool client_streaming = 5; optional bool server_streaming = 6;
    }
    message FileOptions {
      extensions 990 to 998; extensions 1000 to max;
      enum OptimizeMode { SPEED = 1; CODE_SIZE = 2; LITE_RUNTIME = 3; }
      optional string java_package = 1; optional string java_outer_classname = 8;
      optional OptimizeMode optimize_for = 9; optional bool java_multiple_files = 10;
      optional string go_package = 11; optional bool cc_generic_services = 16;
      optional bool java_generic_services = 17; optional bool py_generic_services = 18;
      optional bool java_generate_equals_and_hash = 20; optional bool deprecated = 23;
      optional bool java_string_check_utf8 = 27; optional bool cc_enable_arenas = 31;
      optional string objc_class_prefix = 36; optional string csharp_namespace = 37;
      optional string swift_prefix = 39; optional string php_class_prefix = 40; optional string php_namespace = 41;
      optional string php_metadata_namespace = 44; optional string ruby_package = 45;
      optional FeatureSet features = 50; repeated UninterpretedOption uninterpreted_option = 999;
    }
    message MessageOptions {
      extensions 990 to 998; extensions 1000 to max; optional bool message_set_wire_format = 1;
      optional bool no_standard_descriptor_accessor = 2; optional bool deprecated = 3; optional bool map_entry = 7;
      optional bool deprecated_legacy_json_field_conflicts = 11; optional FeatureSet features = 12;
      repeated UninterpretedOption uninterpreted_option = 999;
    }
    message FieldOptions {
      extensions 990 to 998; extensions 1000 to max;
      enum CType { STRING = 0; CORD = 1; STRING_PIECE = 2; }
      enum JSType { JS_NORMAL = 0; JS_STRING = 1; JS_NUMBER = 2; }
      enum OptionRetention { RETENTION_UNKNOWN = 0; RETENTION_RUNTIME = 1; RETENTION_SOURCE = 2; }
      enum OptionTargetType {
        TARGET_TYPE_UNKNOWN = 0; TARGET_TYPE_FILE = 1; TARGET_TYPE_EXTENSION_RANGE = 2; TARGET_TYPE_MESSAGE = 3;
        TARGET_TYPE_FIELD = 4; TARGET_TYPE_ONEOF = 5; TARGET_TYPE_ENUM = 6; TARGET_TYPE_ENUM_ENTRY = 7;
        TARGET_TYPE_SERVICE = 8; TARGET_TYPE_METHOD = 9;
      }
      message EditionDefault { optional string value = 2; optional Edition edition = 3; }
      message FeatureSupport {
        optional Edition edition_introduced = 1; optional Edition edition_deprecated = 2;
        optional string deprecation_warning = 3; optional Edition edition_removed = 4;
        optional string removal_error = 5;
      }
      optional CType ctype = 1; optional bool packed = 2; optional bool deprecated = 3; optional bool lazy = 5;
      optional JSType jstype = 6; optional bool weak = 10; optional bool unverified_lazy = 15;
      optional bool debug_redact = 16; optional OptionRetention retention = 17;
      repeated OptionTargetType targets = 19; repeated EditionDefault edition_defaults = 20;
      optional FeatureSet features = 21; optional FeatureSupport feature_support = 22;
      repeated UninterpretedOption uninterpreted_option = 999;
    }
    message OneofOptions {
      extensions 990 to 998; extensions 1000 to max; optional FeatureSet features = 1;
      repeated UninterpretedOption uninterpreted_option = 999;
    }
    message EnumOptions {
      extensions 990 to 998; extensions 1000 to max; optional bool allow_alias = 2; optional bool deprecated = 3;
      optional bool deprecated_legacy_json_field_conflicts = 6; optional FeatureSet features = 7;
      repeated UninterpretedOption uninterpreted_option = 999;
    }
    message EnumValueOptions {
      extensions 990 to 998; extensions 1000 to max; optional bool deprecated = 1; optional FeatureSet features = 2;
      optional bool debug_redact = 3; optional FieldOptions.FeatureSupport feature_support = 4;
      repeated UninterpretedOption uninterpreted_option = 999;
    }
    message ServiceOptions {
      extensions 990 to 998; extensions 1000 to max; optional bool deprecated = 33;
      optional FeatureSet features = 34; repeated UninterpretedOption uninterpreted_option = 999;
    }
    message MethodOptions {
      extensions 990 to 998; extensions 1000 to max;
      enum IdempotencyLevel { IDEMPOTENCY_UNKNOWN = 0; NO_SIDE_EFFECTS = 1; IDEMPOTENT = 2; }
      optional bool deprecated = 33; optional IdempotencyLevel idempotency_level = 34;
      optional FeatureSet features = 35; repeated UninterpretedOption uninterpreted_option = 999;
    }
    message UninterpretedOption {
      message NamePart { required string name_part = 1; required bool is_extension = 2; }
      repeated NamePart name = 2; optional string identifier_value = 3; optional uint64 positive_int_value = 4;
      optional int64 negative_int_value = 5; optional double double_value = 6; optional bytes string_value = 7;
      optional string aggregate_value = 8;
    }
    message FeatureSet {
      extensions 1000 to 9994; extensions 9995 to 9999; extensions 10000 to 10000;
      enum FieldPresence { FIELD_PRESENCE_UNKNOWN = 0; EXPLICIT = 1; IMPLICIT = 2; LEGACY_REQUIRED = 3; }
      enum EnumType { ENUM_TYPE_UNKNOWN = 0; OPEN = 1; CLOSED = 2; }
      enum RepeatedFieldEncoding { REPEATED_FIELD_ENCODING_UNKNOWN = 0; PACKED = 1; EXPANDED = 2; }
      enum Utf8Validation { UTF8_VALIDATION_UNKNOWN = 0; VERIFY = 2; NONE = 3; }
      enum MessageEncoding { MESSAGE_ENCODING_UNKNOWN = 0; LENGTH_PREFIXED = 1; DELIMITED = 2; }
      enum JsonFormat { JSON_FORMAT_UNKNOWN = 0; ALLOW = 1; LEGACY_BEST_EFFORT = 2; }
      enum EnforceNamingStyle { ENFORCE_NAMING_STYLE_UNKNOWN = 0; STYLE2024 = 1; STYLE_LEGACY = 2; STYLE2026 = 3; }
      message ProtoLimitsFeature {
        enum EnforceProtoLimits { PROTO_LIMITS_UNKNOWN = 0; LEGACY_NO_EXPLICIT_LIMITS = 1; PROTO_LIMITS2026 = 2; }
      }
      message VisibilityFeature {
        enum DefaultSymbolVisibility {
          DEFAULT_SYMBOL_VISIBILITY_UNKNOWN = 0; EXPORT_ALL = 1; EXPORT_TOP_LEVEL = 2; LOCAL_ALL = 3; STRICT = 4;
        }
      }
      optional FieldPresence field_presence = 1; optional EnumType enum_type = 2;
      optional RepeatedFieldEncoding repeated_field_encoding = 3; optional Utf8Validation utf8_validation = 4;
      optional MessageEncoding message_encoding = 5; optional JsonFormat json_format = 6;
      optional EnforceNamingStyle enforce_naming_style = 7;
      optional VisibilityFeature.DefaultSymbolVisibility default_symbol_visibility = 8;
      optional ProtoLimitsFeature.EnforceProtoLimits enforce_proto_limits = 9;
    }
    message FeatureSetDefaults {
      message FeatureSetEditionDefault {
        optional Edition edition = 3; optional FeatureSet overridable_features = 4;
        optional FeatureSet fixed_features = 5;
      }
      repeated FeatureSetEditionDefault defaults = 1; optional Edition minimum_edition = 4;
      optional Edition maximum_edition = 5;
    }
    message SourceCodeInfo {
      extensions 536000000 to 536000000;
      message Location {
        repeated int32 path = 1 [packed = true]; repeated int32 span = 2 [packed = true];
        optional string leading_comments = 3; optional string trailing_comments = 4;
        repeated string leading_detached_comments = 6;
      }
      repeated Location location = 1;
    }
    message GeneratedCodeInfo {
      message Annotation {
        enum Semantic { NONE = 0; SET = 1; ALIAS = 2; }
        repeated int32 path = 1 [packed = true]; optional string source_file = 2; optional int32 begin = 3;
        optional int32 end = 4; optional Annotation.Semantic semantic = 5;
      }
      repeated Annotation annotation = 1;
    }`,
  duration: `${header} message Duration { int64 seconds = 1; int32 nanos = 2; }`,
  empty: `${header} message Empty {}`,
  field_mask: `${header} message FieldMask { repeated string paths = 1; }`,
  go_features: `${optionsHeader}
    message GoFeatures {
      enum APILevel { API_LEVEL_UNSPECIFIED = 0; API_OPEN = 1; API_HYBRID = 2; API_OPAQUE = 3; }
      enum StripEnumPrefix {
        STRIP_ENUM_PREFIX_UNSPECIFIED = 0; STRIP_ENUM_PREFIX_KEEP = 1;
        STRIP_ENUM_PREFIX_GENERATE_BOTH = 2; STRIP_ENUM_PREFIX_STRIP = 3;
      }
      message OptimizeModeFeature {
        enum OptimizeMode { OPTIMIZE_MODE_UNSPECIFIED = 0; SPEED = 1; CODE_SIZE = 2; }
      }
      optional bool legacy_unmarshal_json_enum = 1; optional APILevel api_level = 2;
      optional StripEnumPrefix strip_enum_prefix = 3; optional OptimizeModeFeature.OptimizeMode optimize_mode = 4;
    }`,
  java_features: `${optionsHeader}
    message JavaFeatures {
      enum Utf8Validation { UTF8_VALIDATION_UNKNOWN = 0; DEFAULT = 1; VERIFY = 2; }
      message NestInFileClassFeature {
        enum NestInFileClass { NEST_IN_FILE_CLASS_UNKNOWN = 0; NO = 1; YES = 2; LEGACY = 3; }
      }
      optional bool legacy_closed_enum = 1; optional Utf8Validation utf8_validation = 2;
      optional bool large_enum = 3; optional bool use_old_outer_classname_default = 4;
      optional NestInFileClassFeature.NestInFileClass nest_in_file_class = 5;
    }`,
  json_enumvalue_options: `edition = "2024"; package pb.enumvalue; local message JsonEnumValueOptions { string string = 1; }`,
  json_options: `edition = "2024"; package pb;`,
  source_context: `${header}
    message SourceContext { string file_name = 1; }`,
  struct: `${header}
    enum NullValue { NULL_VALUE = 0; }
    message Struct { map<string, Value> fields = 1; }
    message Value {
      oneof kind {
        NullValue null_value = 1; double number_value = 2; string string_value = 3;
        bool bool_value = 4; Struct struct_value = 5; ListValue list_value = 6;
      }
    }
    message ListValue { repeated Value values = 1; }`,
  timestamp: `${header} message Timestamp { int64 seconds = 1; int32 nanos = 2; }`,
  type: `${header}
    enum Syntax { SYNTAX_PROTO2 = 0; SYNTAX_PROTO3 = 1; SYNTAX_EDITIONS = 2; }
    message Type {
      string name = 1; repeated Field fields = 2; repeated string oneofs = 3; repeated Option options = 4;
      SourceContext source_context = 5; Syntax syntax = 6; string edition = 7;
    }
    message Field {
      enum Kind {
        TYPE_UNKNOWN = 0; TYPE_DOUBLE = 1; TYPE_FLOAT = 2; TYPE_INT64 = 3; TYPE_UINT64 = 4; TYPE_INT32 = 5;
        TYPE_FIXED64 = 6; TYPE_FIXED32 = 7; TYPE_BOOL = 8; TYPE_STRING = 9; TYPE_GROUP = 10; TYPE_MESSAGE = 11;
        TYPE_BYTES = 12; TYPE_UINT32 = 13; TYPE_ENUM = 14; TYPE_SFIXED32 = 15; TYPE_SFIXED64 = 16; TYPE_SINT32 = 17;
        TYPE_SINT64 = 18;
      }
      enum Cardinality {
        CARDINALITY_UNKNOWN = 0; CARDINALITY_OPTIONAL = 1; CARDINALITY_REQUIRED = 2; CARDINALITY_REPEATED = 3;
      }
      Kind kind = 1; Cardinality cardinality = 2; int32 number = 3; string name = 4; string type_url = 6;
      int32 oneof_index = 7; bool packed = 8; repeated Option options = 9; string json_name = 10;
      string default_value = 11;
    }
    message Enum {
      string name = 1; repeated EnumValue enumvalue = 2; repeated Option options = 3;
      SourceContext source_context = 4; Syntax syntax = 5; string edition = 6;
    }
    message EnumValue { string name = 1; int32 number = 2; repeated Option options = 3; }
    message Option { string name = 1; Any value = 2; }`,
  wrappers: `${header}
    message DoubleValue { double value = 1; }  message FloatValue { float value = 1; }
    message Int64Value { int64 value = 1; }    message UInt64Value { uint64 value = 1; }
    message Int32Value { int32 value = 1; }    message UInt32Value { uint32 value = 1; }
    message BoolValue { bool value = 1; }      message StringValue { string value = 1; }
    message BytesValue { bytes value = 1; }`,
};
