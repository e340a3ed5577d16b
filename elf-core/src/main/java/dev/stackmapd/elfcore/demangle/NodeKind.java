package dev.stackmapd.elfcore.demangle;

/// The kinds of nodes, with the meaning of their words `a b c d`. "text" is an index into [Text]; "at
/// length" is a piece of the mangled name.
final class NodeKind {

    // Names
    static final int NAME = 1; // at length
    static final int TEXT = 2; // text
    static final int NESTED = 3; // scope name
    static final int LOCAL = 4; // encoding entity
    static final int GLOBAL = 5; // name
    static final int TEMPLATED = 6; // name arguments
    static final int TEMPLATE_ARGUMENTS = 7; // list
    static final int CONSTRUCTOR = 8; // class
    static final int DESTRUCTOR = 9; // class
    static final int DESTRUCTOR_NAME = 10; // name
    static final int CONVERSION_OPERATOR = 11; // type
    static final int LITERAL_OPERATOR = 12; // name
    static final int ABI_TAG = 13; // name at length
    static final int UNNAMED_TYPE = 14; // at length
    static final int CLOSURE = 15; // head: CLOSURE_HEAD, parameters, requires; d: COUNT name
    static final int BINDINGS = 16; // list
    static final int FRIEND = 17; // scope name
    static final int STANDARD = 18; // letter of the substitution
    static final int STANDARD_EXPANDED = 19; // letter of the substitution
    static final int MODULE = 20; // parent name; c is ':' or '.'
    static final int IN_MODULE = 21; // module name
    static final int ENCODING = 22; // return, name, parameters, EXTRA node
    static final int ENCODING_EXTRA = 23; // qualifiers, enable_if list, requires, 1 if the first parameter is explicit
    static final int SPECIAL = 24; // text child
    static final int CONSTRUCTION_VTABLE = 25; // for, in
    static final int CLOSURE_HEAD = 26; // template parameters, requires
    static final int PLACEHOLDER = 27; // text index

    // Types
    static final int QUALIFIED = 32; // type, qualifiers
    static final int POINTER = 33; // type
    static final int LVALUE_REFERENCE = 34; // type
    static final int RVALUE_REFERENCE = 35; // type
    static final int MEMBER_POINTER = 36; // class, member
    static final int ARRAY = 37; // base, dimension
    static final int FUNCTION = 38; // return, parameters, qualifiers, exception specification
    static final int VENDOR_QUALIFIED = 39; // type, at, length, arguments
    static final int SUFFIXED = 40; // type, text
    static final int VECTOR = 41; // base, dimension
    static final int PIXEL_VECTOR = 42; // dimension
    static final int ELABORATED = 43; // text, name
    static final int BIT_INT = 44; // text, size
    static final int BINARY_FLOAT = 45; // bits
    static final int TRANSFORMED = 46; // name, type
    static final int NOEXCEPT = 47; // expression
    static final int THROWS = 48; // list
    static final int PACK = 49; // list
    static final int ARGUMENT_PACK = 50; // list
    static final int EXPANSION = 51; // pattern
    static final int FORWARD = 52; // index, resolved node; c is 1 while it is being printed

    // Template parameters of lambdas
    static final int TYPE_PARAMETER = 56; // name
    static final int CONSTRAINED_PARAMETER = 57; // constraint, name
    static final int VALUE_PARAMETER = 58; // name, type
    static final int TEMPLATE_PARAMETER = 59; // name, list
    static final int PACK_PARAMETER = 60; // parameter
    static final int DECLARED_ARGUMENT = 61; // parameter, argument

    // Expressions
    static final int BINARY = 64; // operator, left, right
    static final int PREFIX = 65; // operator, operand
    static final int POSTFIX = 66; // operator, operand
    static final int SUBSCRIPT = 67; // array, index
    static final int MEMBER = 68; // operator, object, member
    static final int CONDITIONAL = 69; // condition, then, otherwise
    static final int ENCLOSED = 70; // text, operand
    static final int CAST = 71; // text, type, operand
    static final int CONVERSION = 72; // type, list
    static final int CALL = 73; // callee, list
    static final int NEW = 74; // placement list, type, initializer list, FLAG_
    static final int DELETE = 75; // operand; b is FLAG_
    static final int FUNCTION_PARAMETER = 76; // at length
    static final int SIZEOF_PACK = 77; // pack
    static final int INITIALIZER = 78; // type, list
    static final int BRACED = 79; // member or index, value; c is 1 for an index
    static final int BRACED_RANGE = 80; // first, last, value
    static final int FOLD = 81; // operator, pack, initial value; d is 1 for a left fold
    static final int THROW = 82; // operand
    static final int STRING_LITERAL = 83; // type
    static final int LAMBDA = 84; // closure
    static final int TYPED_LITERAL = 85; // type, at, length
    static final int INTEGER_LITERAL = 86; // text, at, length
    static final int FLOAT_LITERAL = 87; // letter of the type, at, length
    static final int SUBOBJECT = 88; // expression, type, at, length
    static final int MEMBER_CONVERSION = 89; // type, operand
    static final int REQUIRES = 90; // parameters, requirements
    static final int EXPRESSION_REQUIREMENT = 91; // expression, constraint; c is 1 for noexcept
    static final int TYPE_REQUIREMENT = 92; // type
    static final int NESTED_REQUIREMENT = 93; // expression

    static final int FIRST_TYPE = QUALIFIED;
    static final int FIRST_EXPRESSION = BINARY;

    // Qualifiers of types and functions, or-ed together
    static final int CONST = 1;
    static final int VOLATILE = 2;
    static final int RESTRICT = 4;
    static final int LVALUE_REF = 8;
    static final int RVALUE_REF = 16;

    // Of new and delete
    static final int FLAG_GLOBAL = 1;
    static final int FLAG_ARRAY = 2;

    private NodeKind() {}
}
